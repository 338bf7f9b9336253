import { expect, it } from 'vitest'
import { deviceOf } from '../testing/devices.ts'
import { activeGrant, admitted, callOf, deliver, manualTime, memoryLedger, offerTo, side, twoSides } from '../testing/index.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** What a ledger holds, as a copy of its files would. */
async function copyOf(ledger: Ledger): Promise<Ledger> {
  const snapshot = await ledger.load()
  const copy = memoryLedger()
  for await (const entry of ledger.audit(0)) copy.entries.push(entry)
  return { ...copy, load: async () => snapshot }
}

it('a revocation that a contact gives back ends the grant of an old ledger, and holds the rest until a person confirms it, one by one', async () => {
  const ledger = memoryLedger()
  const { ana, ben, time } = await twoSides({ ana: ledger })
  const revoked = await activeGrant(ana, ben, time.nowMs(), 'photos')
  const kept = await activeGrant(ana, ben, time.nowMs(), 'music')
  const old = await copyOf(ledger)
  await ana.consent.revoke(revoked.id)
  await deliver(ana, ben)
  const back = ben.consent.revocationsBy(ana.household)
  expect(back).toHaveLength(1)
  expect(await ana.consent.takeReturned(back)).toBe(0)
  expect(ana.consent.halts()).toEqual([])

  const again = await side('ana', time, old)
  const live = admitted(again, ben, 'photos')
  expect(await again.consent.takeReturned(back)).toBe(1)
  expect(live.signal.aborted).toBe(true)
  expect(again.consent.halts()).toEqual(['rollback'])
  const stateOf = (id: string) => again.consent.grants().find((grant) => grant.id === id)!.state
  expect([stateOf(revoked.id), stateOf(kept.id)]).toEqual(['REVOKED', 'SUSPENDED'])

  await again.consent.resume({ grants: [kept.id] })
  expect(again.consent.admit(callOf(ben, 'music')).allow).toBe(true)
  expect(again.consent.admit(callOf(ben, 'photos')).allow).toBe(false)
  expect(await again.consent.takeReturned(back)).toBe(0)
  expect(again.consent.halts()).toEqual([])
})

it('what is not a revocation of ours, or not whole, ends nothing and holds nothing', async () => {
  const { ana, ben, time } = await twoSides()
  await activeGrant(ana, ben, time.nowMs())
  const theirs = await activeGrant(ben, ana, time.nowMs())
  await ben.consent.revoke(theirs.id)
  const foreign = ben.consent.outbox(ana.household).find(({ kind }) => kind === 'revoke')!.bytes
  const forged = foreign.slice()
  forged[forged.length - 1]! ^= 1
  expect(await ana.consent.takeReturned([foreign, forged, new Uint8Array(0), new Uint8Array(9)])).toBe(0)
  expect(ana.consent.halts()).toEqual([])
  expect(ana.consent.admit(callOf(ben)).allow).toBe(true)
})

it('a revocation that a sibling signed, and that a contact shows first, ends the grant and holds nothing else', async () => {
  const time = manualTime(Date.UTC(2026, 10, 22))
  const ben = await side('ben', time)
  const [desktop, laptop] = [await deviceOf('ana', 'desktop', time), await deviceOf('ana', 'laptop', time)]
  const { id } = await desktop.consent.offer(offerTo(ben, time.nowMs()))
  const [entry] = desktop.consent.outbox(ben.household)
  await ben.consent.receiveGrant(entry!.bytes, entry!.manifest!, desktop.household)
  await laptop.consent.siblings.learn(desktop.consent.siblings.facts(null).facts)
  await laptop.consent.revoke(id)
  await ben.consent.receiveRevoke(laptop.consent.outbox(ben.household)[0]!.bytes, laptop.household)
  expect(await desktop.consent.takeReturned(ben.consent.revocationsBy(desktop.household))).toBe(0)
  expect(desktop.consent.grants()[0]?.state).toBe('REVOKED')
  expect(desktop.consent.halts()).toEqual([])
})
