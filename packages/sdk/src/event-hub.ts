import { appBounds as limits } from '@porchlight/core'
import { AsyncQueue } from './async-queue.ts'
import type { Backend } from './backend.ts'
import { onGivenUp } from './giving-up.ts'
import type { EventType, Grant, PorchlightEvent, PorchlightEvents, Waiting } from './porchlight.ts'

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
    listener: (event: { readonly type: T } & PorchlightEvents[T]) => unknown,
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
    // What was in force when somebody began to listen: what changed in a gap is told as a change.
    let known = await this.#grants()
    for await (const event of incoming) {
      if (event.type !== 'grant.changed' && event.type !== 'gap') {
        this.#tell(event)
        continue
      }
      const now = await this.#grants()
      if (event.type === 'gap') {
        this.#tell(event)
        for (const [id, grant] of now ?? []) if (known?.get(id)?.state !== grant.state) this.#tell({ type: 'grant.changed', id, grant })
      } else {
        const grant = now?.get(event.id)
        this.#tell({ ...event, ...(grant && { grant }) })
      }
      known = now ?? known
    }
  }

  #tell(event: PorchlightEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  /** @returns `undefined` when the daemon went away meanwhile; it tells of a gap when it is back */
  async #grants(): Promise<ReadonlyMap<string, Grant> | undefined> {
    try {
      return new Map((await this.#backend.grants({})).map((grant) => [grant.id, grant]))
    } catch {
      return undefined
    }
  }
}
