import { limits } from '@porchlight/core'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import type { CheckpointRecord } from '../ledger/ledger.ts'
import { putLearned } from '../ledger/state.ts'
import { householdOf, memoryLedger, offerTo, side, twoSides, type ManualTime, type MemoryLedger, type Side } from '../testing/index.ts'
import { sealCheckpoint } from './checkpoint.ts'
import { newestOf } from './household-record.ts'

let ledger: MemoryLedger
let ana: Side
let ben: Side
let time: ManualTime

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
})

const keyOf = (name: string) => keyFromSeed(new Uint8Array(32).map((_, at) => name.charCodeAt(at) || 0))
const alarms = ({ events }: Side) => events.filter(({ type }) => type === 'alarm')
async function grow(count: number): Promise<void> {
  for (let written = 0; written < count; written++) await ana.consent.offer(offerTo(ben, time.nowMs(), `room ${written}`))
}
/** A checkpoint of a made-up device, of a log of so many entries. */
async function shownBy(name: string, size = 1, fill = 0): Promise<{ device: string; note: string }> {
  const key = await keyOf(name)
  const device = deviceIdOf(key)
  return { device, note: await sealCheckpoint({ device, size, root: new Uint8Array(32).fill(fill) }, key) }
}
const learned = ({ consent }: Side) => consent.checkpoints().map(({ device }) => device)

describe('a checkpoint of ours that does not fit our log', () => {
  const ofOurs = (size: number) =>
    keyOf('ana').then((key) => sealCheckpoint({ device: ana.device, size, root: new Uint8Array(32).fill(9) }, key))

  it('is told with who showed it and how long our log was, as news once for each greater size', async () => {
    await grow(2)
    const told = (isNews: boolean, entries: number, what = 'record-behind') => ({
      type: 'alarm',
      what,
      grants: [],
      isNews,
      household: ben.household,
      entries,
    })
    await ana.consent.learnCheckpoint(await ofOurs(2), ben.household)
    await ana.consent.learnCheckpoint(await ofOurs(2), ben.household)
    await ana.consent.learnCheckpoint(await ofOurs(9), ben.household)
    await ana.consent.learnCheckpoint(await ofOurs(8), ben.household)
    await ana.consent.learnCheckpoint(await ofOurs(9), ben.household)
    expect(alarms(ana)).toEqual([
      told(true, 2, 'record-changed'),
      told(false, 2, 'record-changed'),
      told(true, 9),
      told(false, 8),
      told(false, 9),
    ])
    expect(ana.consent.siblings.entriesToldElsewhere()).toBe(9)
  })

  it('that is wrong at a size in the middle of the log is found by reading, and one that is right is not told of', async () => {
    await grow(5)
    await ana.consent.learnCheckpoint(await ofOurs(3), ben.household)
    expect(alarms(ana)).toMatchObject([{ what: 'record-changed', entries: 3 }])
    expect(ana.consent.siblings.entriesToldElsewhere()).toBe(3)
  })
})

describe('a checkpoint of a contact', () => {
  it('of another story is told once, with both notes, and is not kept', async () => {
    const [one, other] = [await shownBy('tablet', 4, 1), await shownBy('tablet', 4, 2)]
    for (const { note } of [one, other, other]) await ana.consent.learnCheckpoint(note, ben.household)
    expect(alarms(ana)).toEqual([{ type: 'alarm', what: 'contact-record-forked', grants: [] }])
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    expect((await ana.consent.log()).map(({ kind, facts }) => [kind, facts])).toEqual([
      ['fork', { household: ben.household, device: one.device, one: base64(one.note), other: base64(other.note) }],
    ])
    expect(ana.consent.checkpoints().map(({ note }) => note)).toEqual([one.note])
  })

  it('of the same size and root is no news, and an older one is not kept in place of a newer', async () => {
    const [old, newer] = [await shownBy('tablet', 4), await shownBy('tablet', 7)]
    for (const { note } of [old, newer]) await ana.consent.learnCheckpoint(note, ben.household)
    const commits = ledger.committed.length
    for (const { note } of [newer, old]) await ana.consent.learnCheckpoint(note, ben.household)
    expect(ledger.committed.slice(commits).flatMap(({ changes }) => changes)).toEqual([])
    expect(ana.consent.checkpoints().map(({ size }) => size)).toEqual([7])
    expect(alarms(ana)).toEqual([])
  })

  it('takes the place of the one that its household has shown longest ago', async () => {
    const names = Array.from({ length: limits.devicesPerHousehold }, (_, at) => `device ${at}`)
    const devices: string[] = []
    for (const name of names) {
      const { device, note } = await shownBy(name)
      devices.push(device)
      time.advance(1000)
      await ana.consent.learnCheckpoint(note, ben.household)
    }
    time.advance(1000)
    await ana.consent.learnCheckpoint((await shownBy(names[0]!, 2)).note, ben.household)
    expect(learned(ana).toSorted()).toEqual(devices.toSorted())
    time.advance(1000)
    const late = await shownBy('late')
    await ana.consent.learnCheckpoint(late.note, ben.household)
    expect(learned(ana).toSorted()).toEqual([...devices.filter((device) => device !== devices[1]), late.device].toSorted())
  })

  it('finds no place when other households took all, but in place of its own', async () => {
    const kept = Array.from({ length: limits.checkpointsLearned }, (_, at) => ({
      device: at === 0 ? '' : `device ${at}`,
      household: householdOf(`contact ${Math.floor(at / limits.devicesPerHousehold)}`),
      size: 1,
      root: new Uint8Array(32),
      note: '',
      atMs: at,
    })) as unknown as CheckpointRecord[]
    kept[0] = { ...kept[0]!, device: (await shownBy('device 0')).device as CheckpointRecord['device'] }
    const full = memoryLedger()
    await full.commit({ changes: kept.map(putLearned), audit: [], head: null, highestMs: 0, record: {} })
    ana = await side('ana', time, full)
    const late = (await shownBy('late')).note
    await expect(ana.consent.learnCheckpoint(late, ben.household)).rejects.toMatchObject({
      code: 'BUSY',
      message: `${limits.checkpointsLearned} checkpoints of other devices, limit reached`,
    })
    await ana.consent.learnCheckpoint((await shownBy('device 0', 2)).note, householdOf('contact 0'))
    await ana.consent.learnCheckpoint(late, householdOf('contact 0'))
    expect(learned(ana)).toHaveLength(limits.checkpointsLearned)
  })

  it('that is repeated to it is the one it showed last', () => {
    const [ofBen, ofEve] = [householdOf('ben'), householdOf('eve')]
    const of = (household: string, atMs: number) => ({ household, atMs }) as CheckpointRecord
    const all = [of(ofBen, 3), of(ofEve, 9), of(ofBen, 5), of(ofBen, 5), of(ofBen, 4)]
    expect(newestOf(ofBen, all)).toBe(all[2])
    expect(newestOf(ofEve, all)).toBe(all[1])
    expect(newestOf(householdOf('cai'), all)).toBeUndefined()
    expect(newestOf(ofBen, [])).toBeUndefined()
  })
})

describe('a proof from a log that is not whole', () => {
  const damaged = { code: 'INTERNAL', reason: 'log-damaged', message: 'the log is not whole; porchlight log verify says where' }

  it('is not made: the entry is missing, or one that the proof needs', async () => {
    await grow(3)
    await ana.consent.checkpointNow()
    const last = ledger.entries.at(-1)!
    ledger.entries.splice(2)
    await expect(ana.consent.proveEntry(3)).rejects.toMatchObject(damaged)
    await expect(ana.consent.proveEntry(1)).rejects.toMatchObject(damaged)
    ledger.entries.splice(0, 2, last)
    await expect(ana.consent.proveEntry(2)).rejects.toMatchObject(damaged)
    ledger.entries.splice(0)
    await expect(ana.consent.proveEntry(1)).rejects.toMatchObject(damaged)
    await expect(ana.consent.proveGrowth(1, 3)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'unknown-entry',
      message: 'the log did not grow from 1 to 3 entries',
    })
  })

  it('says what it proves: number, id, envelope and checkpoint', async () => {
    await grow(2)
    const head = (await ana.consent.siblings.logEnd())!
    const { n, id, envelope, checkpoint } = await ana.consent.proveEntry(2)
    expect({ n, id }).toEqual(head)
    expect(envelope).toBe(ledger.entries[1]!.bytes)
    const { size, root, note } = ana.consent.checkpoint()!
    expect(checkpoint).toEqual({ size, root, note })
  })
})
