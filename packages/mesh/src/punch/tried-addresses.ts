import { limits, type DeviceId } from '@porchlight/core'

/** Where devices were tried to be met, so that the household can be told whom its node contacts: the newest of each device. */
export class TriedAddresses {
  readonly #tried = new Map<DeviceId, readonly string[]>()

  add(device: DeviceId, addresses: readonly string[]): void {
    this.#tried.set(device, [...new Set([...addresses, ...this.of(device)])].slice(0, limits.addressesPerDevice))
  }

  /** @returns the newest first, at most `limits.addressesPerDevice` */
  of(device: DeviceId): readonly string[] {
    return this.#tried.get(device) ?? []
  }

  forget(device: DeviceId): void {
    this.#tried.delete(device)
  }
}
