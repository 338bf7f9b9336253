import type { DeviceId } from '@porchlight/core'
import type { RelayPlaces } from './relay-places.ts'
import type { KnownRelay } from './relaying.ts'

export interface KeptRelaysOptions {
  readonly own: DeviceId
  readonly places: RelayPlaces
  readonly isKept: (device: DeviceId) => boolean
  readonly keep: (device: DeviceId, addresses: readonly string[]) => void
  readonly forget: (device: DeviceId) => Promise<void>
}

/** Stays connected to the relays we use, and lets go of those that were kept for that alone when they are used no more. */
export class KeptRelays {
  readonly #options: KeptRelaysOptions
  readonly #only = new Set<DeviceId>()

  constructor(options: KeptRelaysOptions) {
    this.#options = options
  }

  use(relays: readonly KnownRelay[]): void {
    const { own, places, isKept, keep, forget } = this.#options
    const others = relays.filter(({ device }) => device !== own)
    for (const { device, addresses, ifRelay } of others) {
      if (ifRelay === true) continue
      const isOnly = !isKept(device) || this.#only.has(device)
      keep(device, addresses)
      if (isOnly) this.#only.add(device)
    }
    places.use(others)
    for (const device of this.#only) if (!places.has(device)) void forget(device)
  }

  /** The device is kept for another reason, or for none any more. */
  release(device: DeviceId): void {
    this.#only.delete(device)
  }
}
