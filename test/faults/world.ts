import type { Ledger } from '@porchlight/consent'
import { faultyLedger, manualTime, sampleManifest, side, type FaultyLedger, type ManualTime, type Side } from '@porchlight/consent/testing'

/** Two households. The faults are in Ana's ledger; Ben's is sound, so that what he knows can be compared. */
export interface World {
  ana: Side
  readonly ben: Side
  readonly time: ManualTime
  ledger: FaultyLedger
}

export async function makeWorld(ledgers: { ana: Ledger; ben: Ledger }): Promise<World> {
  const time = manualTime(Date.UTC(2026, 10, 22))
  const ledger = faultyLedger(ledgers.ana)
  const ana = await side('ana', time, ledger)
  ana.consent.addManifest(sampleManifest)
  return { ana, ben: await side('ben', time, ledgers.ben), time, ledger }
}

/** What the next start of Ana's finds in the ledger underneath. */
export async function restarted(world: World, underneath: Ledger): Promise<World> {
  // What is gone does not answer; what only failed is closed.
  await Promise.race([world.ana.consent[Symbol.asyncDispose](), world.ledger.killed])
  const ledger = faultyLedger(underneath)
  const ana = await side('ana', world.time, ledger)
  ana.consent.addManifest(sampleManifest)
  return { ...world, ledger, ana }
}

/** Waits until what time set going is written, or the process is gone. */
export async function settled({ ana, ledger }: World): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await Promise.race([ana.consent.verifyLog(), ledger.killed])
}
