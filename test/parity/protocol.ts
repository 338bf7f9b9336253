import { bytes, defineProtocol, procedure, query, stream, subscription, type Handlers, type IncomingCall } from '@porchlight/sdk'
import { PorchlightError } from '@porchlight/core'

const shape = { scope: 'use', input: bytes, output: bytes } as const

/** One method of every kind over bytes, so that every language says the same to it. */
export const parity = defineProtocol({
  id: '/example/parity/1',
  publisher: 'the tests of Porchlight',
  consent: {
    en: {
      title: 'Something to compare',
      what: '{contact} can send words and gets words back.',
      why: 'To see that all ways of calling do the same.',
      who: '{contact} alone.',
      keep: 'Nothing is kept here; what the other side keeps is unknown.',
      onward: 'Unknown.',
      risk: '{contact} learns that this computer is on.',
      cannotUndo: 'What was heard stays heard.',
      ifRefused: 'Nothing changes.',
      withdraw: 'You can stop it any time.',
    },
  },
  scopes: { use: { say: { en: 'Send words.' }, direction: 'both', required: true } },
  methods: {
    greet: query(shape),
    leave: procedure(shape),
    count: subscription(shape),
    talk: stream({ scope: 'use', input: bytes }),
  },
  errors: ['no-name'],
})

const utf8 = new TextEncoder()
const textOf = (payload: Uint8Array): string => new TextDecoder().decode(payload)
/** Until the call ends, whoever ends it. */
const ended = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))

/** What every server of these tests does, here on the SDK; `plain-server.ts` and `serve_parity.py` do the same without it. */
export const handlers: Handlers<typeof parity, IncomingCall> = {
  greet: async (payload, call) => {
    const name = textOf(payload)
    if (name === '') throw parity.fail('no-name')
    if (name === 'bad') throw new PorchlightError('BAD_REQUEST', 'no such name')
    if (name === 'broken') throw new Error('a fault of this app')
    if (name === 'slow') return await ended(call.signal)
    return utf8.encode(`Hello ${name}`)
  },
  leave: async (payload) => utf8.encode(`kept ${payload.byteLength}`),
  count: async function* (payload, call) {
    const to = textOf(payload)
    if (to === '0') throw parity.fail('no-name')
    for (let n = 1; to === 'forever' || n <= Number(to); n++) {
      yield utf8.encode(String(n))
      if (to === 'forever') await new Promise((wake) => setTimeout(wake, 20))
      if (call.signal.aborted) return
    }
  },
  talk: async (_payload, call) => {
    for await (const message of call.messages) {
      if (textOf(message) === 'bad') throw parity.fail('no-name')
      await call.send(utf8.encode(textOf(message).toUpperCase()))
    }
  },
}
