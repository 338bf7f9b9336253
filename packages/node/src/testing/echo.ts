import { defineProtocol, type ManifestBody } from '@porchlight/core'
import { handlersOf } from '@porchlight/sdk'

const text = (line: string): { en: string } => ({ en: line })
const bytesCodec = {
  encode: (value: { text?: string }) => new TextEncoder().encode(value.text ?? ''),
  decode: (bytes: Uint8Array) => ({ text: new TextDecoder().decode(bytes) }),
}

export const echo = defineProtocol({
  id: '/example/echo/1',
  methods: {
    say: { kind: 'query', scope: 'read', input: bytesCodec, output: bytesCodec },
    follow: { kind: 'subscription', scope: 'read', input: bytesCodec, output: bytesCodec },
  },
})

export const echoManifest: ManifestBody = {
  proto: echo.id,
  rev: 1,
  prev: null,
  publisher: 'example',
  langs: ['en'],
  title: text('Echo'),
  say: {
    what: text('{contact} can hear an echo from {service}.'),
    why: text('To try things out.'),
    who: text('Only {contact}.'),
    keep: text('What was heard stays heard.'),
    onward: text('Unknown.'),
    risk: text('None known.'),
    cannotUndo: text('What was heard cannot be taken back.'),
    ifRefused: text('Nothing changes.'),
    withdraw: text('You can stop it any time.'),
  },
  claims: [
    { key: 'what', assurance: 'enforced' },
    { key: 'withdraw', assurance: 'enforced' },
  ],
  data: [],
  purposes: ['dpv:ServiceProvision'],
  scopes: [
    {
      id: 'read',
      actions: ['read'],
      locations: [''],
      datatypes: ['echo'],
      direction: 'they-read',
      required: true,
      say: text('Hear the echo.'),
      max: {},
    },
  ],
  retention: 'unknown',
  onward: 'unknown',
  storage: 'none',
  automation: 'none',
  relayOk: true,
  contact: 'none',
}

/** Answers with what was said and a mark; `follow` goes on until it is ended. */
export const echoing = (mark = '!') =>
  handlersOf(echo, {
    say: async ({ text: said }) => ({ text: `${said}${mark}` }),
    follow: async function* (_input, call) {
      for (let n = 0; !call.signal.aborted; n++) {
        yield { text: String(n) }
        await new Promise((wake) => setTimeout(wake, 5))
      }
    },
  })
