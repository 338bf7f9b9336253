import { limits, type DeviceId } from '@porchlight/core'

interface Count {
  readonly sinceMs: number
  declined: number
}

/**
 * Hosts whose callers were turned away by a device that has a place here: that device pays for nothing of it, so the relay bounds what its own
 * line, and the device's, bear of one host.
 */
export class DeclinedCallers {
  readonly #now: () => number
  readonly #counts = new Map<string, Count>()

  /** @param now  milliseconds of any clock that is never set */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** The device has turned a caller from that host away. */
  add(device: DeviceId, host: string): void {
    const key = keyOf(device, host)
    const count = this.#fresh(key) ?? { sinceMs: this.#now(), declined: 0 }
    count.declined++
    this.#counts.delete(key)
    this.#counts.set(key, count)
    if (this.#counts.size > limits.relayDeclinedHosts) this.#counts.delete(this.#counts.keys().next().value!)
  }

  /** Whether the device is to be left in peace by that host for now. */
  isBarred(device: DeviceId, host: string): boolean {
    return (this.#fresh(keyOf(device, host))?.declined ?? 0) >= limits.relayDeclines
  }

  #fresh(key: string): Count | undefined {
    const count = this.#counts.get(key)
    return count && this.#now() - count.sinceMs < limits.relayDeclinesMs ? count : undefined
  }
}

const keyOf = (device: DeviceId, host: string): string => `${device} ${host}`
