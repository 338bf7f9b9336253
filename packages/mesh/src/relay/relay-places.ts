import type { Connection } from '@libp2p/interface'
import { limits, type DeviceId } from '@porchlight/core'
import { isRelayed } from '../paths/relayed.ts'
import { RelayPlace, type RelayPlaceOptions } from './relay-place.ts'
import type { Reservation } from './relaying.ts'

/** The relays that may carry for us: places on `limits.relaysHeld` of them, and on others when these fail. */
export class RelayPlaces {
  readonly #options: RelayPlaceOptions
  readonly #tell: () => void
  readonly #places = new Map<DeviceId, RelayPlace>()
  #choosing = false

  constructor(options: RelayPlaceOptions) {
    this.#tell = options.changed
    this.#options = { ...options, changed: () => this.#changed() }
  }

  /** @param relays  in order of preference; those that are left out are given up */
  use(relays: readonly DeviceId[]): void {
    const wanted = [...new Set(relays)].slice(0, limits.relaysKnown)
    for (const [relay, place] of this.#places)
      if (!wanted.includes(relay)) {
        this.#places.delete(relay)
        place.stop()
      }
    const ordered = wanted.map((relay) => [relay, this.#places.get(relay) ?? new RelayPlace(relay, this.#options)] as const)
    this.#places.clear()
    for (const [relay, place] of ordered) this.#places.set(relay, place)
    this.#choose()
    for (const place of this.#places.values()) place.wake()
  }

  has(relay: DeviceId): boolean {
    return this.#places.has(relay)
  }

  /** Whether a place on that device is held, or is being asked for: its first circuit may come before its answer was read. */
  isOurs(relay: DeviceId): boolean {
    const state = this.#places.get(relay)?.view().state
    return state === 'held' || state === 'asking'
  }

  list(): Reservation[] {
    return [...this.#places.values()].map((place) => place.view())
  }

  /** Under which others reach us, a relay after the other, so that each has its first one before any has its second. */
  addresses(): string[] {
    const lists = this.list().map(({ addresses }) => addresses)
    return Array.from({ length: limits.relayAddresses }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat()
  }

  carried(relay: DeviceId, bytes: number): void {
    const place = this.#places.get(relay)
    if (place) place.carriedBytes += bytes
  }

  onOpen(connection: Connection): void {
    if (isRelayed(connection.remoteAddr)) return
    this.#places.get(connection.remotePeer.toString() as DeviceId)?.wake()
    this.#choose()
  }

  onClose(connection: Connection): void {
    this.#places.get(connection.remotePeer.toString() as DeviceId)?.onClosed(connection)
  }

  /** What a connected device says of itself, when it changes. */
  onRelays(device: DeviceId, isRelay: boolean): void {
    const place = this.#places.get(device)
    if (isRelay) place?.wake()
    else place?.onRelayOff()
    this.#choose()
  }

  stop(): void {
    for (const place of this.#places.values()) place.stop()
  }

  #changed(): void {
    this.#tell()
    this.#choose()
  }

  /** Held ones stay; then the ones that failed least, in the order of preference. */
  #choose(): void {
    if (this.#choosing) return
    this.#choosing = true
    try {
      const ranked = [...this.#places.values()].toSorted((a, b) => Number(b.isHeld) - Number(a.isHeld) || a.failures - b.failures)
      for (const [rank, place] of ranked.entries()) place.want(rank < limits.relaysHeld)
    } finally {
      this.#choosing = false
    }
  }
}
