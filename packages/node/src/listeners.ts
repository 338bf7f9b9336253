import type { NodeEvent } from './household-node.ts'

/** Whoever listens to what happens at a node. */
export class Listeners {
  readonly #all = new Set<(event: NodeEvent) => void>()
  readonly #log: (event: string, fields: Record<string, unknown>) => void

  constructor(log: (event: string, fields: Record<string, unknown>) => void) {
    this.#log = log
  }

  /** @returns a function that takes it away again */
  add(listener: (event: NodeEvent) => void): () => void {
    this.#all.add(listener)
    return () => void this.#all.delete(listener)
  }

  /** Never throws. */
  tell(event: NodeEvent): void {
    for (const listener of this.#all) {
      try {
        listener(event)
      } catch (error) {
        // A screen that fails must not make a revocation that is on the disk look as if it were not.
        this.#log('listener.failed', { event: event.type, error: String(error) })
      }
    }
  }
}
