import { sayKeys } from '@porchlight/core'

/** What the app of these tests says to serve a protocol: methods of every shape, one scope. */
export const registrationOf = (protocol: string, socket: string) => ({
  definition: {
    door: 'grant',
    methods: {
      echo: { kind: 'query', scope: 'use' },
      record: { kind: 'procedure', scope: 'use' },
      hold: { kind: 'query', scope: 'use' },
      count: { kind: 'subscription', scope: 'use' },
      flood: { kind: 'subscription', scope: 'use' },
    },
    reasons: [],
  },
  manifest: manifestOf(protocol),
  target: { socket },
  secret: 'a secret of this app alone',
})

export const manifestOf = (proto: string) => ({
  proto,
  rev: 1,
  prev: null,
  publisher: 'https://example.org',
  langs: ['en'],
  title: { en: 'Echo' },
  say: Object.fromEntries(sayKeys.map((key) => [key, { en: 'Nothing that matters.' }])),
  claims: [{ key: 'what', assurance: 'enforced' }],
  data: [],
  purposes: ['ServiceProvision'],
  scopes: [
    {
      id: 'use',
      actions: ['use'],
      locations: [''],
      datatypes: ['echo'],
      direction: 'both',
      required: true,
      say: { en: 'Be answered.' },
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
