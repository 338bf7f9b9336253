import { limits, PorchlightError } from '@porchlight/core'

interface Shelved {
  readonly bytes: Uint8Array
  readonly seq: number
  readonly peer: string
  readonly host: string
  readonly sinceMs: number
}

/** Who puts a record: the device that noise authenticated, and where its connection comes from. */
export interface Putter {
  readonly peer: string
  readonly host: string
}

/**
 * The records that a DHT node holds for others. In memory: their users put them again every few hours and twenty nodes hold each, so a restart
 * costs nothing, a disk is not worn, and nobody finds them on a stolen machine. When it is full, whoever has the most loses its oldest one:
 * filling it displaces nobody else.
 */
export class RecordShelf {
  readonly #now: () => number
  readonly #records = new Map<string, Shelved>()
  readonly #perPeer = new Map<string, number>()
  readonly #perHost = new Map<string, number>()
  #bytes = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get size(): number {
    return this.#records.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(name: string): Uint8Array | undefined {
    const held = this.#records.get(name)
    return held && this.#now() - held.sinceMs <= limits.dhtRecordKeepMs ? held.bytes : undefined
  }

  /**
   * Holds a record from now on. The same one again renews it.
   *
   * @param seq  of the record, as its rules say
   * @throws     `BAD_REQUEST` with reason `older` when a newer one was seen, `BUSY` when that device has as many as it may
   */
  put(name: string, bytes: Uint8Array, seq: number, { peer, host }: Putter): void {
    const held = this.#records.get(name)
    if (held && held.seq > seq)
      throw new PorchlightError('BAD_REQUEST', `record number ${seq}, number ${held.seq} was seen`, { reason: 'older' })
    if (held?.peer !== peer && (this.#perPeer.get(peer) ?? 0) >= limits.dhtRecordsPerPeer)
      throw new PorchlightError('BUSY', `${limits.dhtRecordsPerPeer} records of one device`)
    if (held) this.#drop(name, held)
    this.#records.set(name, { bytes, seq, peer, host, sinceMs: this.#now() })
    this.#count(peer, host, 1)
    this.#bytes += bytes.byteLength
    while (this.#records.size > limits.dhtRecords || this.#bytes > limits.dhtRecordsBytes) this.#makeRoom()
  }

  /** Drops what is over. */
  sweep(): void {
    const oldest = this.#now() - limits.dhtRecordKeepMs
    for (const [name, held] of this.#records) if (held.sinceMs < oldest) this.#drop(name, held)
  }

  clear(): void {
    for (const [name, held] of this.#records) this.#drop(name, held)
  }

  #makeRoom(): void {
    const most = [...this.#perHost].reduce((one, other) => (other[1] > one[1] ? other : one))[0]
    // Records are in the order in which they came.
    for (const [name, held] of this.#records) if (held.host === most) return this.#drop(name, held)
  }

  #drop(name: string, held: Shelved): void {
    this.#records.delete(name)
    this.#count(held.peer, held.host, -1)
    this.#bytes -= held.bytes.byteLength
  }

  #count(peer: string, host: string, by: 1 | -1): void {
    for (const [counts, name] of [
      [this.#perPeer, peer],
      [this.#perHost, host],
    ] as const) {
      const count = (counts.get(name) ?? 0) + by
      if (count > 0) counts.set(name, count)
      else counts.delete(name)
    }
  }
}
