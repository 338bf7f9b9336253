import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { doubtOf, settling } from './doubt.ts'
import type { ArchivedRecord, AuditRecord, Change, Transition } from './ledger.ts'
import { activeGrant, callOf, faultyLedger, memoryLedger, offerTo, side, twoSides } from '../testing/index.ts'

it('a change that failed and is on the disk all the same is taken back by the next one: after a restart there is what was said', async () => {
  const disk = memoryLedger()
  const { ben, time } = await twoSides()
  const ledger = faultyLedger(disk)
  const ana = await side('ana', time, ledger)
  const grant = await activeGrant(ana, ben, time.nowMs())
  ledger.fault = 'error-after'
  await expect(ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))).rejects.toMatchObject({ reason: 'not-durable' })
  await expect(ana.consent.halt('locked')).rejects.toMatchObject({ reason: 'not-durable' })
  ledger.fault = undefined
  await ana.consent.unhalt('locked')
  const music = await ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))
  const before = ana.consent.siblings.facts(null)
  const again = await side('ana', time, disk)
  expect(again.consent.grants().map(({ id }) => id)).toEqual([grant.id, music.id])
  expect(again.consent.outbox()).toHaveLength(1)
  expect(again.consent.siblings.facts(null)).toEqual(before)
  expect((await disk.load()).facts.map(({ n }) => n)).toEqual(before.facts.map((_, at) => at + 1))
  expect(await again.consent.verifyLog()).toMatchObject({ ok: true })
  expect(again.consent.admit(callOf(ben)).allow).toBe(true)
})

it('a revocation that failed and is on the disk all the same stays there, and is said with its entry when it is written again', async () => {
  const disk = memoryLedger()
  const { ben, time } = await twoSides()
  const ledger = faultyLedger(disk)
  const ana = await side('ana', time, ledger)
  const grant = await activeGrant(ana, ben, time.nowMs())
  ledger.fault = 'error-after'
  await expect(ana.consent.revoke(grant.id)).rejects.toMatchObject({ reason: 'not-durable' })
  ledger.fault = undefined
  await ana.consent.checkpointNow()
  expect((await disk.load()).grants[0]?.state).toBe('REVOKED')
  time.advance(limits.revocationRetryMs)
  await ana.consent.verifyLog()
  const again = await side('ana', time, disk)
  expect(again.consent.grants()[0]?.state).toBe('REVOKED')
  expect((await again.consent.log()).filter(({ kind }) => kind === 'revoke')).toHaveLength(1)
  expect(await again.consent.verifyLog()).toMatchObject({ ok: true })
})

describe('what failed commits may have left', () => {
  const halt = (key: string, atMs = 1): Change => ({ table: 'halts', key, value: { cause: 'locked', atMs } })
  const entry = (n: number): AuditRecord => ({ n, bytes: new Uint8Array(), body: null, salt: null })
  const archived = (key: string): ArchivedRecord => ({ key }) as ArchivedRecord
  const transition = (parts: Partial<Transition>): Transition => ({ changes: [], audit: [], head: null, highestMs: 0, ...parts })
  const headAt = (n: number): Transition['head'] => ({ n }) as Transition['head']
  const asItWas = (change: Change): Change => ({ ...change, value: null })

  it('grows with every one that fails: the last of a change, every entry, every archived record', () => {
    const first = doubtOf(
      undefined,
      transition({ changes: [halt('a'), halt('b')], audit: [entry(1), entry(2)], record: { archived: [archived('x')] } }),
    )
    expect(first).toEqual({
      changes: new Map([
        ['halts a', halt('a')],
        ['halts b', halt('b')],
      ]),
      entries: new Set([1, 2]),
      archived: new Set(['x']),
    })
    const second = doubtOf(first, transition({ changes: [halt('b', 2)], audit: [entry(3)] }))
    expect(second.changes).toEqual(new Map([['halts a', halt('a')], ['halts b', halt('b', 2)]])) // prettier-ignore
    expect([second.entries, second.archived]).toEqual([new Set([1, 2, 3]), new Set(['x'])])
    expect(doubtOf(undefined, transition({}))).toEqual({ changes: new Map(), entries: new Set(), archived: new Set() })
  })

  it('is brought to what memory says by the next, but for what that one writes itself', () => {
    const doubt = doubtOf(
      undefined,
      transition({
        changes: [halt('a'), halt('b'), halt('c')],
        audit: [entry(1), entry(2), entry(3)],
        record: { archived: [archived('x'), archived('y')] },
      }),
    )
    const next = transition({
      changes: [halt('b', 2)],
      head: headAt(2),
      record: { erased: [9], archived: [archived('y')], unarchived: ['z'] },
    })
    expect(settling(next, doubt, (change) => (change.key === 'c' ? undefined : asItWas(change)))).toEqual({
      ...next,
      changes: [asItWas(halt('a')), halt('b', 2)],
      record: { erased: [9], archived: [archived('y')], unwritten: [3], unarchived: ['z', 'x'] },
    })
  })

  it('is taken away whole by one that adds nothing to an empty log', () => {
    const doubt = doubtOf(undefined, transition({ audit: [entry(1)], record: { archived: [archived('x')] } }))
    expect(settling(transition({}), doubt, asItWas).record).toEqual({ unwritten: [1], unarchived: ['x'] })
    expect(settling(transition({ record: {} }), doubt, asItWas).record).toEqual({ unwritten: [1], unarchived: ['x'] })
  })
})
