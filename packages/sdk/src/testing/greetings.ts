import type { IncomingCall, Porchlight } from '../porchlight.ts'
import type { Handlers } from '../serve.ts'
import { greeting } from './greeting.ts'

/** Serves the protocol of the SDK's own tests. @param seen  gets every call of `greet` */
export const greetings = (seen: IncomingCall[] = []): Handlers<typeof greeting, IncomingCall> => ({
  greet: async ({ name }, call) => {
    seen.push(call)
    if (name === 'nobody') throw greeting.fail('asleep')
    return `Hello ${name}`
  },
  leave: async () => {},
  count: async function* (from, call) {
    for (let n = from; !call.signal.aborted; n++) {
      yield n
      await new Promise((wake) => setTimeout(wake, 1))
    }
  },
  pipe: async (_input, call) => {
    for await (const message of call.messages) await call.send(message)
  },
})

/** Asks Ben for the protocol and waits for the yes. */
export const allowed = async (asker: Porchlight, to = 'ben') =>
  (await asker.ask({ to, protocol: greeting, why: 'to say hello' })).granted({ signal: AbortSignal.timeout(10_000) })

/** How something ended: `OK`, or the code of its error. */
export const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'OK').catch((error: { code: string }) => error.code)

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
