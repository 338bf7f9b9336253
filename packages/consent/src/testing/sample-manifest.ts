import type { ManifestBody, Text } from '@porchlight/core'

const both = (en: string, de: string): Text => ({ en, de })

/** A manifest as a protocol for sharing a service would have it: two languages, one required scope and one optional. */
export const sampleManifest: ManifestBody = {
  proto: '/porchlight/share/1',
  rev: 1,
  prev: null,
  publisher: 'porchlight',
  langs: ['en', 'de'],
  title: both('{contact} may use {service}', '{contact} darf {service} benutzen'),
  say: {
    what: both('{contact} can open {service} and see what it shows.', '{contact} kann {service} öffnen und sehen, was es zeigt.'),
    why: both('To use {service} together.', 'Um {service} gemeinsam zu nutzen.'),
    who: both('Only devices of {contact}.', 'Nur Geräte von {contact}.'),
    keep: both('What {contact} saves stays with {contact}.', 'Was {contact} speichert, bleibt bei {contact}.'),
    onward: both('{contact} says that nothing is passed on.', '{contact} sagt, dass nichts weitergegeben wird.'),
    risk: both('{service} may show more than you think of.', '{service} zeigt vielleicht mehr, als du denkst.'),
    cannotUndo: both('What was seen cannot be unseen.', 'Was gesehen wurde, bleibt gesehen.'),
    ifRefused: both(
      'Nothing changes. {contact} is told only that it did not work.',
      'Nichts ändert sich. {contact} erfährt nur, dass es nicht ging.',
    ),
    withdraw: both('You can stop it any time; open pages end at once.', 'Du kannst es jederzeit beenden; offene Seiten enden sofort.'),
  },
  claims: [
    { key: 'what', assurance: 'enforced' },
    { key: 'who', assurance: 'enforced' },
    { key: 'withdraw', assurance: 'enforced' },
    { key: 'onward', assurance: 'promised' },
  ],
  data: [],
  purposes: ['dpv:ServiceProvision'],
  scopes: [
    {
      id: 'use',
      actions: ['read', 'change'],
      locations: [''],
      datatypes: [],
      direction: 'both',
      required: true,
      say: both('Open it and use it.', 'Öffnen und benutzen.'),
      max: {},
    },
    {
      id: 'upload',
      actions: ['change'],
      locations: [''],
      datatypes: [],
      direction: 'they-write',
      required: false,
      say: both('Put files in.', 'Dateien hineinlegen.'),
      max: {},
    },
  ],
  retention: 'unknown',
  onward: 'not-without-asking',
  storage: 'owner',
  automation: 'none',
  relayOk: true,
  contact: 'the household itself',
}
