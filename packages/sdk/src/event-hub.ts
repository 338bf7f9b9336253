import { limits } from '@porchlight/core'
import { AsyncQueue } from './async-queue.ts'
import type { Backend } from './backend.ts'
import { onGivenUp } from './giving-up.ts'
import type { EventType, PorchlightEvent, PorchlightEvents, Waiting } from './porchlight.ts'

/** What was not read in time is one gap. */
const lagging = (events: PorchlightEvent[]): void => void events.splice(0, events.length, { type: 'gap' })

/** Hands what happens at a household to whoever listens, in order, with the grant of a change looked up once for all. */
export class EventHub {
  readonly #backend: Backend
  readonly #listeners = new Set<(event: PorchlightEvent) => void>()
  readonly #closing = new Set<() => void>()
  readonly #report: (error: unknown) => void
  #forget: (() => void) | undefined
  #incoming: AsyncQueue<PorchlightEvent> | undefined

  constructor(backend: Backend, report: (error: unknown) => void) {
    this.#backend = backend
    this.#report = report
  }

  listen(listener: (event: PorchlightEvent) => void): () => void {
    // Twice the same function is two listeners.
    const own = (event: PorchlightEvent): void => listener(event)
    this.#listeners.add(own)
    this.#start()
    return () => {
      this.#listeners.delete(own)
      if (this.#listeners.size === 0) this.#stop()
    }
  }

  on<T extends EventType>(
    type: T,
    listener: (event: { readonly type: T } & PorchlightEvents[T]) => void,
    signal?: AbortSignal,
  ): Disposable {
    const forget = this.listen((event) => {
      if (event.type !== type) return
      // A function of an app that fails, at once or later, must not keep others from being told.
      void (async () => listener(event as never))().catch(this.#report)
    })
    const stay = onGivenUp(signal, forget)
    return {
      [Symbol.dispose]: () => {
        stay()
        forget()
      },
    }
  }

  /** Counts from the call on, not from the first read. */
  events({ signal }: Waiting = {}): AsyncQueue<PorchlightEvent> {
    const ends: (() => void)[] = []
    const queue = new AsyncQueue<PorchlightEvent>(limits.sdkEvents, lagging, () => {
      for (const end of ends) end()
    })
    const close = (): void => queue.end()
    this.#closing.add(close)
    ends.push(
      this.listen((event) => queue.push(event)),
      () => this.#closing.delete(close),
    )
    ends.push(onGivenUp(signal, close))
    return queue
  }

  close(): void {
    for (const close of this.#closing) close()
    this.#listeners.clear()
    this.#stop()
  }

  #start(): void {
    if (this.#incoming) return
    const incoming = new AsyncQueue<PorchlightEvent>(limits.sdkEvents, lagging)
    this.#incoming = incoming
    this.#forget = this.#backend.listen((event) => incoming.push(event))
    void this.#tellFrom(incoming)
  }

  #stop(): void {
    this.#forget?.()
    void this.#incoming?.return()
    this.#incoming = undefined
  }

  async #tellFrom(incoming: AsyncQueue<PorchlightEvent>): Promise<void> {
    for await (const event of incoming) {
      const told = event.type === 'grant.changed' ? await this.#withGrant(event) : event
      for (const listener of this.#listeners) listener(told)
    }
  }

  async #withGrant(event: PorchlightEvent & { type: 'grant.changed' }): Promise<PorchlightEvent> {
    try {
      const grant = (await this.#backend.grants({})).find(({ id }) => id === event.id)
      return { ...event, ...(grant && { grant }) }
    } catch {
      // The daemon went away between the event and the question; whoever needs the grant asks again.
      return event
    }
  }
}
