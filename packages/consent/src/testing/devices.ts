import type { HouseholdId } from '@porchlight/core'
import { deviceIdOf, idOf, keyFromSeed, type SigningKey } from '@porchlight/wire'
import { Consent } from '../consent.ts'
import type { ConsentOptions } from '../inputs.ts'
import type { ManualTime } from './manual-time.ts'
import { memoryLedger, type MemoryLedger } from './memory-ledger.ts'
import { householdOf } from './two-sides.ts'

/** One device of a test household that has several. */
export interface DeviceSide {
  readonly consent: Consent
  readonly household: HouseholdId
  readonly device: ReturnType<typeof deviceIdOf>
  readonly ledger: MemoryLedger
}

const keys = new Map<string, Promise<SigningKey>>()

/** The key of a made-up device: always the same for the same name. */
function keyOf(name: string): Promise<SigningKey> {
  const seed = new Uint8Array(32)
  seed.set(new TextEncoder().encode(name).subarray(0, 32))
  const key = keys.get(name) ?? keyFromSeed(seed)
  keys.set(name, key)
  return key
}

/** Opens the consent of one device of a made-up household. `name` tells the devices of one household apart. */
export async function deviceOf(
  household: string,
  name: string,
  time: ManualTime,
  options: Partial<ConsentOptions> = {},
): Promise<DeviceSide> {
  const key = await keyOf(`${household} ${name}`)
  const ledger = memoryLedger()
  let drawn = 0
  const own = { household: householdOf(household), document: idOf(new TextEncoder().encode(`document ${household}`)) }
  const consent = await Consent.open({
    ledger,
    key,
    self: own,
    maySign: () => true,
    hasSiblings: () => true,
    nowMs: time.nowMs,
    timer: time.timer,
    // Unique, not unpredictable: enough for nonces and salts in a test.
    random: (length) => new Uint8Array(length).map((_, index) => (drawn += index === 0 ? 1 : 0) >> (8 * (index % 4))),
    ...options,
  })
  return { consent, household: own.household, device: deviceIdOf(key), ledger }
}
