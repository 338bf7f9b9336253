import type { Porchlight } from '@porchlight/sdk'
import { parity } from './protocol.ts'
import { errorText, payloadOf, type Caller } from './script.ts'

const textOf = (message: Uint8Array): string => new TextDecoder().decode(message)
const sent = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Calls by the SDK's one object, wherever it comes from: memory, an embedded node, a daemon. */
export const objectCaller =
  (household: Porchlight, to: string): Caller =>
  async (script, heard) => {
    const { kind, location, deadlineMs, sends } = script
    const client = household.client(to, parity, { location })
    const options = deadlineMs === undefined ? {} : { deadlineMs }
    const payload = payloadOf(script)
    const all: string[] = []
    const take = (message: Uint8Array): void => {
      all.push(textOf(message))
      heard()
    }
    try {
      if (kind === 'query') take(await client.greet(payload, options))
      else if (kind === 'procedure') take(await client.leave(payload, options))
      else if (kind === 'subscription') for await (const message of client.count(payload, options)) take(message)
      else {
        const call = await client.talk(payload, options)
        const up = (async () => {
          for (const text of sends ?? ['still here']) await call.send(sent(text))
          if (sends) await call.end()
        })()
        // How the call ends is said by its messages.
        up.catch(() => {})
        for await (const message of call.messages) take(message)
      }
      return [...all, 'end']
    } catch (error) {
      return [...all, errorText(error as { code?: string })]
    }
  }
