// A protocol of one's own: one query, one scope, and the nine lines that a household reads before it says yes.
import { defineProtocol, type Codec, type ManifestBody } from '@porchlight/sdk'

const text: Codec<{ text: string }> = {
  encode: (value) => new TextEncoder().encode(value.text ?? ''),
  decode: (bytes) => ({ text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }),
}

export const greeting = defineProtocol({
  id: '/example/greeting/1',
  methods: { greet: { kind: 'query', scope: 'greet', input: text, output: text } },
})

const en = (line: string) => ({ en: line })

export const greetingManifest: ManifestBody = {
  proto: greeting.id,
  rev: 1,
  prev: null,
  publisher: 'the examples of Porchlight',
  langs: ['en'],
  title: en('A greeting at the door'),
  say: {
    what: en('{contact} can send a name and gets a greeting back, nothing else.'),
    why: en('To see how a protocol is made.'),
    who: en('{contact} alone.'),
    keep: en('This example keeps nothing; what the other side keeps is unknown.'),
    onward: en('Unknown.'),
    risk: en('{contact} learns that this computer is on.'),
    cannotUndo: en('A greeting that was heard stays heard.'),
    ifRefused: en('Nothing changes.'),
    withdraw: en('You can stop it any time.'),
  },
  claims: [
    { key: 'what', assurance: 'enforced' },
    { key: 'withdraw', assurance: 'enforced' },
  ],
  data: [{ id: 'name', category: 'dpv:Name', say: en('The name that was sent.'), sensitivity: 1, aboutOthers: false, optional: false }],
  purposes: ['dpv:ServiceProvision'],
  scopes: [
    {
      id: 'greet',
      actions: ['read'],
      locations: [''],
      datatypes: ['greeting'],
      direction: 'both',
      required: true,
      say: en('Ask for a greeting.'),
      max: {},
    },
  ],
  retention: 'none',
  onward: 'none',
  storage: 'none',
  automation: 'none',
  relayOk: true,
  contact: 'the people who run this example',
}
