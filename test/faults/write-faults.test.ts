import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ledger } from '@porchlight/consent'
import { memoryLedger } from '@porchlight/consent/testing'
import { openStore } from '@porchlight/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dice, Heard, walk } from './walk.ts'
import { tearsIn } from './whole.ts'
import { makeWorld, restarted, settled } from './world.ts'

const faults = 200
/** A ledger meets this many before a new one is begun, so that looking at it stays quick. */
const faultsPerLedger = 10

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-write-faults-'))
})
afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

/** Walks until a fault met a write, restarts, and says what is wrong then. */
async function oneFault(ledger: Ledger, seed: number, heard: Heard): Promise<{ lost: string[]; torn: string[] }> {
  const roll = dice(seed)
  const world = await makeWorld({ ana: ledger, ben: memoryLedger() })
  const fault = roll(2) === 0 ? 'error' : 'disk-full'
  let acknowledged = 1 + roll(12)
  let steps = 0
  await walk(
    world,
    seed,
    (told) => {
      heard.hear(told)
      if ('so' in told && --acknowledged === 0) world.ledger.fault = fault
      // Space comes back while the walk goes on, or not before the restart.
      if (world.ledger.met > 2 && seed % 3 === 0) world.ledger.fault = undefined
    },
    () => ++steps < 60 && (acknowledged > 0 || world.ledger.met === 0),
  )
  await settled(world)
  const again = await restarted(world, ledger)
  const lost = heard.lostIn(again)
  const torn = await tearsIn(ledger)
  if (!(await again.ana.consent.verifyLog()).ok) torn.push('the log does not verify')
  await again.ana.consent[Symbol.asyncDispose]()
  return { lost, torn }
}

test(`${faults} failed writes: no acknowledged fact is lost, no transition is torn, the log verifies`, async () => {
  let facts = 0
  const lost: string[] = []
  const torn: string[] = []
  for (let n = 0; n < faults; n += faultsPerLedger) {
    await using store = await openStore({ dir: join(dir, String(n)) })
    const heard = new Heard()
    for (let fault = n; fault < n + faultsPerLedger; fault++) {
      const found = await oneFault(store.ledger, fault + 1, heard)
      lost.push(...found.lost.map((what) => `fault ${fault}: ${what}`))
      torn.push(...found.torn.map((what) => `fault ${fault}: ${what}`))
    }
    facts += heard.facts
  }
  console.log(`${faults} injected write faults, ${facts} acknowledged facts: ${lost.length} lost, ${torn.length} torn states`)
  expect(facts).toBeGreaterThan(faults)
  expect(lost).toEqual([])
  expect(torn).toEqual([])
})

test('a torn batch would be seen: half a transition is found by whoever looks at the records', async () => {
  const memory = memoryLedger()
  const tearing: Ledger = {
    ...memory,
    commit: (transition) => memory.commit({ ...transition, changes: transition.changes.slice(1) }),
  }
  const { lost, torn } = await oneFault(tearing, 7, new Heard())
  expect(lost.length + torn.length).toBeGreaterThan(0)
})
