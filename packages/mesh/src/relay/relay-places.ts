import type { Connection } from '@libp2p/interface'
import { limits, type DeviceId } from '@porchlight/core'
import { isRelayed } from '../paths/relayed.ts'
import { RelayPlace, type RelayPlaceOptions } from './relay-place.ts'
import type { KnownRelay, Reservation } from './relaying.ts'

type Wanted = Pick<KnownRelay, 'device' | 'ifRelay'>

/** The relays that may carry for us: places on `limits.relaysHeld` of them, and on others when these fail. */
export class RelayPlaces {
  readonly #options: RelayPlaceOptions
  readonly #tell: () => void
  readonly #places = new Map<DeviceId, RelayPlace>()
  /** Devices that said last that they are relays: those that are connected, and those that may carry for us. */
  readonly #relays = new Set<DeviceId>()
  #known: readonly Wanted[] = []
  #choosing = false

  constructor(options: RelayPlaceOptions) {
    this.#tell = options.changed
    this.#options = { ...options, changed: () => this.#changed() }
  }

  /** @param relays  in order of preference; those that are left out are given up */
  use(relays: readonly Wanted[]): void {
    this.#known = [...new Map(relays.map((relay) => [relay.device, relay])).values()].slice(0, limits.relaysKnown)
    this.#follow()
    for (const place of this.#places.values()) place.wake()
  }

  #follow(): void {
    const wanted = this.#known.flatMap(({ device, ifRelay }) => (ifRelay === true && !this.#relays.has(device) ? [] : [device]))
    for (const [relay, place] of this.#places)
      if (!wanted.includes(relay)) {
        this.#places.delete(relay)
        place.stop()
      }
    const ordered = wanted.map((relay) => [relay, this.#places.get(relay) ?? new RelayPlace(relay, this.#options)] as const)
    this.#places.clear()
    for (const [relay, place] of ordered) this.#places.set(relay, place)
    this.#choose()
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

  /** What a connected device says of itself, at each connection and when it changes. */
  onRelays(device: DeviceId, isRelay: boolean): void {
    if (isRelay) this.#relays.add(device)
    else this.#relays.delete(device)
    const place = this.#places.get(device)
    if (isRelay) place?.wake()
    else place?.onRelayOff()
    this.#follow()
  }

  /** The last connection to a device is gone. What it said of itself stays in mind if it may carry for us. */
  onGone(device: DeviceId): void {
    if (!this.#known.some((relay) => relay.device === device)) this.#relays.delete(device)
  }

  /** The network may be another one: how long a relay has been silent counts from now. */
  networkChanged(): void {
    for (const place of this.#places.values()) place.networkChanged()
  }

  /** How long to wait at most before a device is dialled again. */
  redialCapMs(device: DeviceId): number {
    return this.#places.get(device)?.retryCapMs ?? limits.redialCapMs
  }

  stop(): void {
    this.#known = []
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
