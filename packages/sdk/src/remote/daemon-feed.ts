import { asPorchlightError, appBounds as limits } from '@porchlight/core'
import type { PorchlightEvent } from '../porchlight.ts'
import { successOf } from './problem.ts'
import { serverSentEvents } from './sse.ts'
import type { Transport } from './transport.ts'

const known = new Set<string>(['contact.connected', 'contact.disconnected', 'ask.changed', 'grant.changed', 'gap'])

export interface FeedOptions {
  readonly transport: Transport
  readonly tell: (event: PorchlightEvent) => void
  /** Makes good what a daemon may have lost; called each time one is found again. @throws when it has to be tried again */
  readonly onFound: () => Promise<void>
  /** 0 ≤ x < 1, so that the apps of a daemon that restarts do not all knock at once. */
  readonly random: () => number
}

/** What happens at a daemon, over its restarts, from `open` until it is closed. */
export class DaemonFeed {
  readonly #options: FeedOptions
  readonly #stop = new AbortController()
  readonly #first = Promise.withResolvers<void>()
  #lastId: string | undefined
  #hasBegun = false
  #isLost = false

  constructor(options: FeedOptions) {
    this.#options = options
    this.#first.promise.catch(() => {})
  }

  /** Resolves when nothing that happens from then on is missed. @throws why the daemon does not tell, and does not look for it then */
  open(): Promise<void> {
    void this.#run(this.#stop.signal)
    return this.#first.promise
  }

  close(): void {
    this.#stop.abort()
  }

  /** Never rejects. */
  async #run(signal: AbortSignal): Promise<void> {
    let waitMs: number = limits.sdkReconnectMinMs
    while (!signal.aborted) {
      let isRevoked = false
      try {
        await this.#read(signal, () => {
          waitMs = limits.sdkReconnectMinMs
        })
      } catch (error) {
        isRevoked = asPorchlightError(error).code === 'UNAUTHENTICATED'
        if (!this.#hasBegun) return this.#first.reject(error)
      }
      if (signal.aborted) return
      if (!this.#isLost) this.#options.tell({ type: 'daemon.lost' })
      this.#isLost = true
      // An app that was revoked finds nothing again, however often it looks; its next call is told so.
      if (isRevoked) return
      await pause(waitMs * (0.5 + this.#options.random() / 2), signal)
      waitMs = Math.min(waitMs * 2, limits.sdkReconnectMaxMs)
    }
  }

  /** Reads one stream of events to its end. @throws whatever ended it */
  async #read(signal: AbortSignal, onBegin: () => void): Promise<void> {
    const { transport, tell, onFound } = this.#options
    const silence = new AbortController()
    let timer = setTimeout(() => silence.abort(), limits.sdkSilenceMs)
    try {
      const headers: Record<string, string> = {
        accept: 'text/event-stream',
        ...(this.#lastId !== undefined && { 'last-event-id': this.#lastId }),
      }
      const answer = await transport.send({ method: 'GET', path: '/v1/events', headers, signal: AbortSignal.any([signal, silence.signal]) })
      if (answer.status !== 200) await successOf(answer)
      if (this.#isLost) {
        await onFound()
        this.#isLost = false
        tell({ type: 'daemon.found' })
        // One that knows what we heard last tells itself what is missing.
        if (this.#lastId === undefined) tell({ type: 'gap' })
      }
      this.#hasBegun = true
      this.#first.resolve()
      onBegin()
      for await (const { type, data, id } of serverSentEvents(answer.body, limits.sdkEventBytes)) {
        clearTimeout(timer)
        timer = setTimeout(() => silence.abort(), limits.sdkSilenceMs)
        if (id !== undefined) this.#lastId = id
        if (known.has(type)) tell({ ...(JSON.parse(data) as object), type } as PorchlightEvent)
      }
    } finally {
      clearTimeout(timer)
    }
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
