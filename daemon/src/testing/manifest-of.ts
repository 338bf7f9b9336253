import { sayKeys, type ManifestBody } from '@porchlight/core'

/** A complete consent text for any protocol, with one scope: `read`. */
export const manifestOf = (proto: string): ManifestBody => ({
  proto,
  rev: 1,
  prev: null,
  publisher: 'https://example.org',
  langs: ['en'],
  title: { en: 'Greeting' },
  say: Object.fromEntries(sayKeys.map((key) => [key, { en: 'Nothing.' }])) as unknown as ManifestBody['say'],
  claims: [{ key: 'what', assurance: 'enforced' }],
  data: [],
  purposes: ['ServiceProvision'],
  scopes: [
    {
      id: 'read',
      actions: ['read'],
      locations: [''],
      datatypes: ['greeting'],
      direction: 'they-read',
      required: true,
      say: { en: 'Be greeted.' },
      max: {},
    },
  ],
  retention: 'none',
  onward: 'none',
  storage: 'none',
  automation: 'none',
  relayOk: true,
  contact: 'https://example.org',
})
