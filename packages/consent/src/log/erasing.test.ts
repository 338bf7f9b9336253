import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  activeGrant,
  ask,
  dayMs,
  householdOf,
  memoryLedger,
  offerTo,
  side,
  twoSides,
  type ManualTime,
  type MemoryLedger,
  type Side,
} from '../testing/index.ts'

let ledger: MemoryLedger
let ana: Side
let ben: Side
let time: ManualTime

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
})

/** Lets time pass, and everything that this brings be written. */
async function pass(ms: number): Promise<void> {
  time.setWallClock(time.nowMs() + ms)
  for (let turn = 0; turn < 4; turn++) {
    await ana.consent.verifyLog()
    await new Promise((resolve) => setImmediate(resolve))
    time.advance(limits.expirySweepMs)
  }
}

const said = async (): Promise<(number | undefined)[]> => (await ana.consent.log()).map(({ n, facts }) => (facts ? n : undefined))
async function archived(): Promise<string[]> {
  const kinds: string[] = []
  for await (const { kind } of ledger.archive()) kinds.push(kind)
  return kinds
}

describe('erasing', () => {
  it('before a time takes what older entries said, and keeps chain, tree and proofs as they were', async () => {
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await ana.consent.revoke(id)
    const before = await ana.consent.proveEntry(1)
    time.advance(dayMs)
    const cut = time.nowMs()
    await ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))
    expect(await ana.consent.eraseRecord({ beforeMs: cut })).toEqual({ entries: 2, objects: 0 })
    expect(await said()).toEqual([undefined, undefined, 3, 4])
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'erase', facts: { entries: 2, objects: 0, of: 'before' } })
    expect((await ana.consent.verifyLog()).ok).toBe(true)
    expect(await ana.consent.proveEntry(1)).toMatchObject({ leaf: before.leaf })
  })

  it('never takes what belongs to a grant in force or an open ask', async () => {
    const grant = await activeGrant(ana, ben, time.nowMs())
    await ask(ben, ana, time, { service: 'music' })
    time.advance(dayMs)
    expect(await ana.consent.eraseRecord({ beforeMs: time.nowMs() })).toEqual({ entries: 0, objects: 0 })
    expect(await ana.consent.eraseRecord({ household: ben.household })).toEqual({ entries: 0, objects: 0 })
    expect(ana.consent.grants().find(({ id }) => id === grant.id)?.shown.text).toBe('May open photos.\n')
    expect((await ana.consent.log()).filter(({ kind }) => kind === 'erase')).toEqual([])
  })

  it('of a contact takes its ended grants with the text that was shown, and nobody else’s; the entry does not name it', async () => {
    const cai = await side('cai', time)
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.revoke(id)
    const other = await ana.consent.offer(offerTo(cai, time.nowMs(), 'music'))
    await ana.consent.revoke(other.id)
    await pass(31 * dayMs)
    const erased = await ana.consent.eraseRecord({ household: ben.household })
    expect(erased.objects).toBe(1)
    expect(ana.consent.grants().map(({ household }) => household)).toEqual([cai.household])
    const log = await ana.consent.log()
    expect(log.filter(({ facts }) => facts?.['household'] === ben.household)).toEqual([])
    expect(log.filter(({ facts }) => facts?.['household'] === cai.household)).not.toEqual([])
    expect(log.at(-1)).toMatchObject({ kind: 'erase', facts: { ...erased, of: 'contact' } })
    expect((await ana.consent.verifyLog()).ok).toBe(true)
  })

  it('takes what was archived too', async () => {
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await ana.consent.revoke(id)
    await pass(31 * dayMs + limits.endedKeepMs)
    expect(await archived()).toEqual(['grant', 'manifest'])
    expect((await ana.consent.eraseRecord({ household: ben.household })).objects).toBe(1)
    expect(await archived()).toEqual(['manifest'])
    await pass(1000)
    expect((await ana.consent.eraseRecord({ beforeMs: time.nowMs() })).objects).toBe(1)
    expect(await archived()).toEqual([])
  })

  it('says what it needs to know', async () => {
    for (const input of [{}, { beforeMs: 1, household: householdOf('ben') }])
      await expect(ana.consent.eraseRecord(input)).rejects.toMatchObject({ reason: 'erase' })
  })
})

describe('what ended', () => {
  it('leaves memory and the lists 400 days later, and stays in the record', async () => {
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await ana.consent.revoke(id)
    const running = await ana.consent.offer({ ...offerTo(ben, time.nowMs(), 'music'), expMs: time.nowMs() + limits.grantLifetimeMs })
    await pass(30 * dayMs + limits.endedKeepMs - 1000)
    expect(ana.consent.grants()).toHaveLength(2)
    await pass(2000 + limits.archiveEveryMs)
    expect(ana.consent.grants().map((grant) => grant.id)).toEqual([running.id])
    expect(await archived()).toEqual(['grant'])
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'archive', facts: { records: 1 } })
    expect((await ledger.load()).grants.map((grant) => grant.id)).toEqual([running.id])
    await ana.consent[Symbol.asyncDispose]()
    ana = await ana.reopen()
    expect(ana.consent.grants()).toHaveLength(1)
    expect((await ana.consent.verifyLog()).ok).toBe(true)
  })

  it('stays while somebody could send it again and be taken at its word', async () => {
    const { id } = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), expMs: time.nowMs() + limits.grantLifetimeMs })
    await ana.consent.revoke(id)
    await pass(limits.endedKeepMs + dayMs)
    expect(ana.consent.grants()).toHaveLength(1)
  })
})
