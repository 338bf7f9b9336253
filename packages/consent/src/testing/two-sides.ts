import { householdId, type HouseholdId } from '@porchlight/core'
import { deviceIdOf, idOf, keyFromSeed, type SigningKey } from '@porchlight/wire'
import { Consent } from '../consent.ts'
import type { ConsentEvent } from '../events.ts'
import type { ConsentOptions } from '../inputs.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { manualTime, type ManualTime } from './manual-time.ts'
import { memoryLedger } from './memory-ledger.ts'

/** One household of a test: its consent, its time, and what it was told. */
export interface Side {
  readonly consent: Consent
  readonly household: HouseholdId
  readonly device: ReturnType<typeof deviceIdOf>
  readonly ledger: Ledger
  readonly events: ConsentEvent[]
  /** Opens the same ledger again, as a restart does; the old one should be disposed first. */
  reopen(): Promise<Side>
}

const nameBytes = (name: string): Uint8Array => new TextEncoder().encode(name)

/** The id of a made-up household. */
export const householdOf = (name: string): HouseholdId => householdId(idOf(nameBytes(`household ${name}`)))

/** The key of a made-up household's only device, made from the household's name. */
export function keyOf(name: string): Promise<SigningKey> {
  const seed = new Uint8Array(32)
  seed.set(nameBytes(name).subarray(0, 32))
  return keyFromSeed(seed)
}

/** Opens the consent of a made-up household whose only device has a key made from its name. */
export async function side(
  name: string,
  time: ManualTime,
  ledger: Ledger = memoryLedger(),
  options: Partial<ConsentOptions> = {},
): Promise<Side> {
  const key = await keyOf(name)
  const events: ConsentEvent[] = []
  let drawn = 0
  const consent = await Consent.open({
    ledger,
    key,
    self: { household: householdOf(name), document: idOf(nameBytes(`document ${name}`)) },
    maySign: () => true,
    nowMs: time.nowMs,
    timer: time.timer,
    // Unique, not unpredictable: enough for nonces and salts in a test.
    random: (length) => new Uint8Array(length).map((_, index) => (drawn += index === 0 ? 1 : 0) >> (8 * (index % 4))),
    onEvent: (event) => void events.push(event),
    ...options,
  })
  return { consent, household: householdOf(name), device: deviceIdOf(key), ledger, events, reopen: () => side(name, time, ledger, options) }
}

/** Two households on one clock that starts in November 2026. */
export async function twoSides(ledgers: { ana?: Ledger; ben?: Ledger } = {}): Promise<{ ana: Side; ben: Side; time: ManualTime }> {
  const time = manualTime(Date.UTC(2026, 10, 22))
  return { ana: await side('ana', time, ledgers.ana), ben: await side('ben', time, ledgers.ben), time }
}
