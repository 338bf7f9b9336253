import { limits, type DeviceId } from '@porchlight/core'
import type { Table } from './household-node.ts'

/** Where another device of the household was reached last. */
export interface SiblingRecord {
  readonly device: DeviceId
  /** Multiaddr texts, best first. */
  readonly addresses: readonly string[]
}

/** Puts addresses that were seen to work before the ones known so far. */
export async function keepSibling(table: Table<SiblingRecord>, device: DeviceId, addresses: readonly string[]): Promise<void> {
  const known = (await table.get(device))?.addresses ?? []
  const merged = [...new Set([...addresses, ...known])].slice(0, limits.addressesPerHousehold)
  if (merged.join() !== known.join()) await table.put(device, { device, addresses: merged })
}
