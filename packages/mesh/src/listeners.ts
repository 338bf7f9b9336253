import { containedBy } from './contained.ts'
import type { MeshEvents, MeshLog } from './mesh.ts'

type Listener<Name extends keyof MeshEvents> = (...args: MeshEvents[Name]) => void

/** Who listens to a mesh. A listener that throws is logged and harms nobody: inside libp2p it would end the process. */
export class Listeners {
  readonly #log: MeshLog
  readonly #listeners: { [Name in keyof MeshEvents]: Set<Listener<Name>> } = {
    connected: new Set(),
    disconnected: new Set(),
    addresses: new Set(),
    reservations: new Set(),
  }

  constructor(log: MeshLog) {
    this.#log = log
  }

  on<Name extends keyof MeshEvents>(event: Name, listener: Listener<Name>): () => void {
    this.#listeners[event].add(listener)
    return () => void this.#listeners[event].delete(listener)
  }

  emit<Name extends keyof MeshEvents>(event: Name, ...args: MeshEvents[Name]): void {
    for (const listener of this.#listeners[event]) containedBy(this.#log)(event, () => listener(...args))
  }
}
