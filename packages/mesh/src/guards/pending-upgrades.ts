import { limits } from '@porchlight/core'

/** An inbound connection before it has proved who it is. */
interface Pending {
  readonly host: string
  readonly drop: () => void
}

/**
 * Inbound connections in their handshake. When there are too many, the oldest one of the host that has most of them is dropped: sockets that
 * stay silent make room for those that speak, whoever opens more only loses his own, and somebody else's handshake takes its few round trips.
 * Refusing new ones instead, as libp2p does, would let ten silent sockets lock everybody out.
 */
export class PendingUpgrades {
  readonly #pending = new Set<Pending>()

  get size(): number {
    return this.#pending.size
  }

  /** @param drop  ends the connection; @returns to be called when its handshake is over */
  add(host: string, drop: () => void): () => void {
    const added = { host, drop }
    this.#pending.add(added)
    if (this.#pending.size > limits.connectionsPending) this.#dropOne()
    return () => void this.#pending.delete(added)
  }

  #dropOne(): void {
    const byHost = [...Map.groupBy(this.#pending, ({ host }) => host).values()]
    const [victim] = byHost.reduce((most, each) => (each.length > most.length ? each : most))
    this.#pending.delete(victim!)
    victim!.drop()
  }
}
