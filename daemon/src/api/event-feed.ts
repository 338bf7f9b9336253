import { limits, PorchlightError } from '@porchlight/core'
import type { NodeEvent } from '@porchlight/node'

/** What happens in the node, and in the daemon around it. */
export type FeedEvent = NodeEvent | { readonly type: 'apps.changed' }

export interface NumberedEvent {
  /** Counts up from the time at which the daemon started, so that an id of an earlier run is never one of this run. */
  readonly id: number
  readonly event: FeedEvent
  /** What a grant or an ask that changed is about; known while there are apps. */
  readonly protocol: string | undefined
}

/** The node's events for any number of readers, with a short past, so that a reader that lost its connection misses nothing. */
export class EventFeed {
  readonly #past: NumberedEvent[] = []
  readonly #readers = new Set<(event: NumberedEvent) => void>()
  #screens = 0
  #next: number

  constructor(startedMs: number) {
    this.#next = startedMs
  }

  publish(event: FeedEvent, protocol?: string): void {
    const numbered = { id: this.#next++, event, protocol }
    this.#past.push(numbered)
    if (this.#past.length > limits.eventBacklog) this.#past.shift()
    for (const reader of this.#readers) reader(numbered)
  }

  /**
   * Past events after one, and whether that is all of them.
   *
   * @returns `complete: false` when some have been forgotten, or the id is of an earlier run: the reader has to look at everything again
   */
  since(id: number): { events: NumberedEvent[]; complete: boolean } {
    const oldest = this.#past[0]?.id ?? this.#next
    return { events: this.#past.filter((each) => each.id > id), complete: id >= oldest - 1 && id < this.#next }
  }

  /** For the household's own screens. @throws `BUSY` when there are `limits.eventReaders` of them already */
  subscribe(reader: (event: NumberedEvent) => void): () => void {
    if (this.#screens >= limits.eventReaders)
      throw new PorchlightError('BUSY', `${limits.eventReaders} readers of events, which is the limit`, { reason: 'too-many-readers' })
    this.#screens++
    const unsubscribe = this.follow(reader)
    return () => {
      if (unsubscribe()) this.#screens--
    }
  }

  /** For readers that are counted elsewhere. @returns a function that ends it, and says whether it was still on */
  follow(reader: (event: NumberedEvent) => void): () => boolean {
    this.#readers.add(reader)
    return () => this.#readers.delete(reader)
  }
}
