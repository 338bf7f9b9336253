import type { DeviceId } from '@porchlight/core'

/** How the DHT judges a record. What its bytes mean is the business of whoever opens the mesh. */
export interface RecordRules {
  /**
   * Checks that a record belongs under a key: that its writer may write there, and that nobody changed it.
   *
   * @param key   32 bytes
   * @returns     its sequence number: the higher one replaces the lower
   * @throws      when it does not belong there
   */
  check(key: Uint8Array, record: Uint8Array): number
}

/** Whether this node answers the questions of other DHT nodes (`server`), or only asks its own (`client`). */
export type DhtMode = 'client' | 'server'

/** What became of a put. */
export interface Published {
  /** Nodes that said that they hold the record now. */
  readonly stored: number
  /** Nodes that were to hold it and do not. */
  readonly refused: number
}

/** What this node knows of the DHT. */
export interface RendezvousStatus {
  readonly mode: DhtMode
  /** DHT nodes in the routing table. */
  readonly peers: number
  /** Records held here for others, and their bytes. */
  readonly records: number
  readonly bytes: number
  /** Requests sent to DHT nodes, and requests of others answered, since the start. */
  readonly sent: number
  readonly answered: number
}

/** The private DHT as an address book: opaque records under keys that only their users can compute. */
export interface Rendezvous {
  /**
   * Stores a record at the nodes closest to its key.
   *
   * @param key  32 bytes
   * @returns    how many took it; `{ stored: 0, refused: 0 }` at once while no DHT node is known
   * @throws     what the rules say of a record that is none, and the reason of `signal`
   */
  publish(key: Uint8Array, record: Uint8Array, options?: { signal?: AbortSignal }): Promise<Published>
  /**
   * Looks for the record with the highest sequence number under a key.
   *
   * @returns `undefined` when there is none or no DHT node is known; within `limits.rendezvousFindMs`. Never rejects but for `signal`
   */
  find(key: Uint8Array, options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined>
  /** Answers other DHT nodes from now on, or not any more. It never changes by itself. */
  setMode(mode: DhtMode): Promise<void>
  /** A node is asked nothing more, until it shows itself again or another one tells of it. Never rejects. */
  forget(device: DeviceId): Promise<void>
  status(): RendezvousStatus
  /** Calls back when a DHT node was found that was not known before: worth publishing again. @returns ends the subscription */
  onNode(listener: (device: DeviceId) => void): () => void
}
