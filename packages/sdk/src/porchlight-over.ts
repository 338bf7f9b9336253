import { isPorchlightError, appBounds as limits, PorchlightError, type ProtocolDefinition } from '@porchlight/core'
import type { Backend, IncomingHandler } from './backend.ts'
import { clientOver } from './client.ts'
import { EventHub } from './event-hub.ts'
import { givenUp, onGivenUp, orGivenUp } from './giving-up.ts'
import { waitForGrant } from './grant-waiting.ts'
import { pickContact } from './pick-contact.ts'
import type { AskInput, Asked, Contact, IncomingCall, Porchlight, Servable, ServeOptions, Waiting } from './porchlight.ts'
import { presenceOf } from './presence.ts'
import { roomOf } from './room.ts'
import { handlersOf, type Handlers } from './serve.ts'

/** Shows a fault of the app's own code to its author. */
const say = (error: unknown): void => console.error(error)

/** What a handler threw that is no `PorchlightError` is the app's own fault: its author hears of it, the caller of `INTERNAL` alone. */
const telling =
  (handler: IncomingHandler, onFault: NonNullable<ServeOptions['onFault']>): IncomingHandler =>
  async (call) => {
    try {
      return await handler(call)
    } catch (error) {
      if (!isPorchlightError(error) && !call.signal.aborted) onFault(error, call)
      throw error
    }
  }

/**
 * The object that apps hold, over one way to a household. It owns the backend and closes it.
 *
 * @param options.onFault  told of what a listener of the app threw; default `console.error`
 */
export function porchlightOver(backend: Backend, { onFault = say }: { onFault?: (error: unknown) => void } = {}): Porchlight {
  const hub = new EventHub(backend, onFault)
  const serving = new Set<AsyncDisposable>()
  let isClosed = false

  const checkOpen = ({ signal }: Waiting = {}): void => {
    if (isClosed) throw new PorchlightError('CLOSED', 'the household was closed')
    if (signal?.aborted) throw givenUp(signal)
  }
  /** Every wait of an app ends with its signal, whatever the way to the household makes of it. */
  const waiting = async <T>(options: Waiting, work: () => Promise<T>): Promise<T> => {
    checkOpen(options)
    return orGivenUp(work(), options.signal)
  }
  const contact = (ref: string, options: Waiting = {}): Promise<Contact> =>
    waiting(options, async () => pickContact(await backend.contacts(options), ref))

  const serve = async <P extends Servable>(
    protocol: P,
    handlers: Handlers<P, IncomingCall>,
    { signal, onFault: onHandlerFault = say }: ServeOptions = {},
  ): Promise<AsyncDisposable> => {
    const options = signal ? { signal } : {}
    const typed = Object.entries(handlersOf<P, IncomingCall>(protocol, handlers))
    const told = Object.fromEntries(typed.map(([name, handler]) => [name, telling(handler, onHandlerFault)]))
    checkOpen(options)
    const starting = backend.serve(protocol, told, options)
    const served = await orGivenUp(starting, signal).catch((error: unknown) => {
      // Given up while it began: what comes of it is not left behind.
      starting.then((late) => late[Symbol.asyncDispose]()).catch(() => {})
      throw error
    })
    let forget = (): void => {}
    const stop = async (): Promise<void> => {
      forget()
      if (serving.delete(stopping)) await served[Symbol.asyncDispose]()
    }
    const stopping: AsyncDisposable = { [Symbol.asyncDispose]: stop }
    serving.add(stopping)
    forget = onGivenUp(signal, () => void stop().catch(onFault))
    return stopping
  }

  const ask = async <P extends Servable>(input: AskInput<P>, options: Waiting = {}): Promise<Asked> => {
    const { to, protocol, why, scopes, also, forMs = limits.askForMs } = input
    const location = roomOf(input.location)
    const expMs = backend.nowMs() + forMs
    return waiting(options, async () => {
      const before = new Set((await backend.grants(options)).map(({ id }) => id))
      const full = { to, protocol, location, why, expMs, ...(scopes && { scopes }), ...(also && { also }) }
      const asked = await backend.ask(full, options)
      const awaited = { household: asked.household, protocol: protocol.id, location, before }
      return { ...asked, granted: (late = {}) => waiting(late, () => waitForGrant(backend, hub, awaited, late)) }
    })
  }

  return {
    household: backend.household,
    presence: presenceOf(backend, hub),
    contacts: (options = {}) => waiting(options, () => backend.contacts(options)),
    contact,
    client: <P extends ProtocolDefinition>(to: string, protocol: P, options: { readonly location?: string } = {}) =>
      clientOver(
        protocol,
        async (request, callOptions) => {
          checkOpen(callOptions)
          return backend.call(to, request, callOptions)
        },
        roomOf(options.location),
      ),
    serve,
    ask,
    granted: async ({ to, protocol, location }, options = {}) => {
      const { household } = await contact(to, options)
      const awaited = { household, protocol: protocol.id, location: roomOf(location) }
      return waiting(options, () => waitForGrant(backend, hub, awaited, options))
    },
    asks: (options = {}) => waiting(options, () => backend.asks(options)),
    grants: (options = {}) => waiting(options, () => backend.grants(options)),
    events: (options = {}) => {
      checkOpen()
      return hub.events(options)
    },
    on: (type, listener, options = {}) => {
      checkOpen()
      return hub.on(type, listener, options.signal)
    },
    [Symbol.asyncDispose]: async () => {
      if (isClosed) return
      isClosed = true
      hub.close()
      await Promise.allSettled([...serving].map((each) => each[Symbol.asyncDispose]()))
      await backend.close()
    },
  }
}
