import { limits, PorchlightError } from '@porchlight/core'
import type { NodeEvent } from '@porchlight/node'

export interface NumberedEvent {
  /** Counts up from the time at which the daemon started, so that an id of an earlier run is never one of this run. */
  readonly id: number
  readonly event: NodeEvent
}

/** The node's events for any number of readers, with a short past, so that a reader that lost its connection misses nothing. */
export class EventFeed {
  readonly #past: NumberedEvent[] = []
  readonly #readers = new Set<(event: NumberedEvent) => void>()
  #next: number

  constructor(startedMs: number) {
    this.#next = startedMs
  }

  publish(event: NodeEvent): void {
    const numbered = { id: this.#next++, event }
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

  /** @throws `BUSY` when there are `limits.eventReaders` already */
  subscribe(reader: (event: NumberedEvent) => void): () => void {
    if (this.#readers.size >= limits.eventReaders)
      throw new PorchlightError('BUSY', `${limits.eventReaders} readers of events, which is the limit`, { reason: 'too-many-readers' })
    this.#readers.add(reader)
    return () => this.#readers.delete(reader)
  }
}
