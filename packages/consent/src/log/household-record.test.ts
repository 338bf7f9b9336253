import { limits } from '@porchlight/core'
import { deviceIdOf, keyFromSeed, open } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AuditRecord, Ledger } from '../ledger/ledger.ts'
import { receiptType } from '../objects/index.ts'
import {
  activeGrant,
  householdOf,
  memoryLedger,
  offerTo,
  side,
  twoSides,
  type ManualTime,
  type MemoryLedger,
  type Side,
} from '../testing/index.ts'
import { openCheckpoint, sealCheckpoint } from './checkpoint.ts'
import { verifyConsistency, verifyInclusion } from './proofs.ts'
import { rootOf } from './tree.ts'

let ledger: MemoryLedger
let ana: Side
let ben: Side
let time: ManualTime

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
})

/** Writes `count` entries into Ana's log: she offers and takes back, again and again. */
async function grow(count: number): Promise<void> {
  for (let written = 0; written < count; written += 2) {
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await ana.consent.revoke(id)
    for (const { id: sent } of ana.consent.outbox()) await ana.consent.delivered(sent)
  }
}

/** Lets what is being written end, the sweeper look once more, and that end too. */
async function sweep(): Promise<void> {
  for (const ms of [0, limits.expirySweepMs]) {
    time.advance(ms)
    await ana.consent.verifyLog()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const keyOf = (name: string) => keyFromSeed(new Uint8Array(32).map((_, at) => name.charCodeAt(at) || 0))
const alarms = ({ events }: Side): string[] => events.flatMap((event) => (event.type === 'alarm' ? [event.what] : []))

describe('checkpoints', () => {
  it('are signed with every 256th entry, in its batch', async () => {
    await grow(limits.checkpointEntries - 2)
    expect(ana.consent.checkpoint()).toBeUndefined()
    await grow(4)
    expect(ana.consent.checkpoint()).toMatchObject({ size: limits.checkpointEntries, device: ana.device })
    const batch = ledger.committed.find(({ head }) => head?.n === limits.checkpointEntries)
    expect(batch?.changes.map(({ table }) => table)).toContain('checkpoints')
    expect(await ana.consent.verifyLog()).toMatchObject({ ok: true, entries: limits.checkpointEntries + 2 })
  })

  it('are signed an hour after an entry that none covers, and not again when nothing is new', async () => {
    await grow(2)
    await sweep()
    expect(ana.consent.checkpoint()).toBeUndefined()
    time.advance(limits.checkpointMs)
    await sweep()
    expect(ana.consent.checkpoint()?.size).toBe(2)
    const written = ledger.committed.filter(({ changes }) => changes.some(({ table }) => table === 'checkpoints')).length
    time.advance(3 * limits.checkpointMs)
    await sweep()
    expect(ledger.committed.filter(({ changes }) => changes.some(({ table }) => table === 'checkpoints'))).toHaveLength(written)
  })

  it('are still due after a restart', async () => {
    await grow(2)
    await ana.consent[Symbol.asyncDispose]()
    ana = await ana.reopen()
    time.advance(limits.checkpointMs)
    await sweep()
    expect(ana.consent.checkpoint()?.size).toBe(2)
  })

  it('are asked for at any time, once for each size', async () => {
    expect(await ana.consent.checkpointNow()).toBeUndefined()
    await grow(2)
    const made = await ana.consent.checkpointNow()
    expect(openCheckpoint(made!.note)).toEqual({ device: ana.device, size: 2, root: made!.root })
    expect(await ana.consent.checkpointNow()).toEqual(made)
    expect(ana.consent.checkpoints()).toEqual([made])
  })
})

describe('the check of the log', () => {
  it('finds that head, tree and entries were cut off together', async () => {
    await grow(4)
    await ana.consent.checkpointNow()
    await grow(2)
    await ana.consent[Symbol.asyncDispose]()
    const earlier = ledger.committed.findLast(({ head }) => head?.n === 2)!
    ledger.entries.splice(2)
    await ledger.commit({ ...earlier, changes: [], audit: [], record: {} })
    ana = await ana.reopen()
    expect((await ana.consent.verifyLog()).firstFault).toEqual({ n: 3, because: 'missing' })
  })

  it('finds a stored checkpoint that is not as it was signed', async () => {
    await grow(4)
    const made = (await ana.consent.checkpointNow())!
    await ana.consent[Symbol.asyncDispose]()
    const changed = { ...made, note: made.note.replace('4\n', '3\n'), size: 3 }
    await ledger.commit({
      ...ledger.committed.at(-1)!,
      changes: [{ table: 'checkpoints', key: '0000000000000003', value: changed }],
      audit: [],
    })
    ana = await ana.reopen()
    expect((await ana.consent.verifyLog()).firstFault).toEqual({ n: 3, because: 'checkpoint' })
  })

  it('closes what it reads from after a fault, too', async () => {
    let open = 0
    const watched: Ledger = {
      ...memoryLedger(),
      audit: (afterN) => watchedEntries(inner.audit(afterN)),
    }
    const inner = memoryLedger()
    Object.assign(watched, { load: () => inner.load(), commit: (transition: never) => inner.commit(transition) })
    async function* watchedEntries(entries: AsyncIterable<AuditRecord>): AsyncGenerator<AuditRecord> {
      open += 1
      try {
        yield* entries
      } finally {
        open -= 1
      }
    }
    ;({ ana, ben, time } = await twoSides({ ana: watched }))
    await grow(6)
    inner.entries[2]!.bytes[40]! ^= 1
    expect((await ana.consent.verifyLog()).ok).toBe(false)
    expect(open).toBe(0)
  })
})

describe('a proof', () => {
  it('shows that an entry is under the newest checkpoint, to anyone who has no more than the entry', async () => {
    await grow(8)
    const { checkpoint, leaf, proof, n } = await ana.consent.proveEntry(3)
    const { size, root } = openCheckpoint(checkpoint.note)!
    expect([n, size]).toEqual([3, 8])
    expect(verifyInclusion({ index: n - 1, size, leaf, proof, root })).toBe(true)
    await grow(2)
    expect((await ana.consent.proveEntry(9)).checkpoint.size).toBe(10)
    expect((await ana.consent.proveEntry(3)).checkpoint.size).toBe(10)
    for (const none of [0, 11, 1.5]) await expect(ana.consent.proveEntry(none)).rejects.toMatchObject({ reason: 'unknown-entry' })
  })

  it('shows that the log grew', async () => {
    await grow(6)
    const first = (await ana.consent.checkpointNow())!
    await grow(6)
    const second = (await ana.consent.checkpointNow())!
    const proof = await ana.consent.proveGrowth(6, 12)
    expect(verifyConsistency({ first: 6, second: 12, firstRoot: first.root, secondRoot: second.root, proof })).toBe(true)
    await expect(ana.consent.proveGrowth(6, 13)).rejects.toMatchObject({ reason: 'unknown-entry' })
    await expect(ana.consent.proveGrowth(0, 6)).rejects.toMatchObject({ reason: 'unknown-entry' })
  })
})

describe('a checkpoint of a contact', () => {
  it('is kept, the newest of each device, and repeated in the next receipt', async () => {
    await grow(4)
    const old = (await ana.consent.checkpointNow())!
    await grow(2)
    const made = (await ana.consent.checkpointNow())!
    await ben.consent.learnCheckpoint(made.note, ana.household)
    await ben.consent.learnCheckpoint(old.note, ana.household)
    expect(ben.consent.checkpoints().map(({ size, device }) => [size, device])).toEqual([[6, ana.device]])
    await activeGrant(ana, ben, time.nowMs())
    const { receipt } = (await ledger.load()).grants.at(-1)!
    const opened = await open(receiptType, receipt!)
    expect(opened.ok && opened.object.body.checkpoint).toEqual({ dev: ana.device, size: 6, root: made.root })
  })

  it('is not taken in any other form, nor from a device that does not speak for them', async () => {
    await grow(2)
    const { note } = (await ana.consent.checkpointNow())!
    for (const bad of ['', note.slice(1), note.replace('2\n', '3\n')])
      await expect(ben.consent.learnCheckpoint(bad, ana.household)).rejects.toMatchObject({ reason: 'checkpoint' })
    const wary = await side('wary', time, memoryLedger(), { maySign: (household) => household === ben.household })
    await expect(wary.consent.learnCheckpoint(note, ana.household)).rejects.toMatchObject({ reason: 'signer' })
    expect(wary.consent.checkpoints()).toEqual([])
  })

  it('that cannot be of the same log as the one before raises an alarm, and both are kept in the log', async () => {
    await grow(4)
    const made = (await ana.consent.checkpointNow())!
    const other = await sealCheckpoint({ device: ana.device, size: 4, root: new Uint8Array(32) }, await keyOf('ana'))
    await ben.consent.learnCheckpoint(made.note, ana.household)
    await ben.consent.learnCheckpoint(other, ana.household)
    await ben.consent.learnCheckpoint(other, ana.household)
    expect(alarms(ben)).toEqual(['contact-record-forked'])
    const [entry, ...more] = (await ben.consent.log()).filter(({ kind }) => kind === 'fork')
    expect(more).toEqual([])
    expect(Buffer.from(String(entry!.facts!['other']), 'base64').toString()).toBe(other)
    expect(ben.consent.checkpoints()[0]!.root).toEqual(made.root)
  })

  it('of another size is compared by a proof where there is one', async () => {
    await grow(4)
    const first = (await ana.consent.checkpointNow())!
    await grow(4)
    const second = (await ana.consent.checkpointNow())!
    await ben.consent.learnCheckpoint(first.note, ana.household)
    const forged = await sealCheckpoint({ device: ana.device, size: 8, root: new Uint8Array(32) }, await keyOf('ana'))
    await ben.consent.learnCheckpoint(forged, ana.household, await ana.consent.proveGrowth(4, 8))
    expect(alarms(ben)).toEqual(['contact-record-forked'])
    await ben.consent.learnCheckpoint(second.note, ana.household, await ana.consent.proveGrowth(4, 8))
    expect(ben.consent.checkpoints().map(({ size }) => size)).toEqual([8])
  })
})

describe('a checkpoint of ours that somebody repeats', () => {
  it('says nothing new while the log holds it', async () => {
    await grow(4)
    const { note } = (await ana.consent.checkpointNow())!
    await grow(2)
    await ana.consent.learnCheckpoint(note, ben.household)
    const unstored = await sealCheckpoint({ device: ana.device, size: 2, root: rootAt(2) }, await keyOf('ana'))
    await ana.consent.learnCheckpoint(unstored, ben.household)
    expect(alarms(ana)).toEqual([])
    expect(ana.consent.checkpoints()).toHaveLength(1)
  })

  it('of a longer log than ours raises an alarm, and no check of the log passes from then on', async () => {
    await grow(4)
    const newer = await sealCheckpoint({ device: ana.device, size: 400, root: new Uint8Array(32) }, await keyOf('ana'))
    await ana.consent.learnCheckpoint(newer, ben.household)
    expect(alarms(ana)).toEqual(['record-behind'])
    expect((await ana.consent.verifyLog()).firstFault).toEqual({ n: 5, because: 'missing' })
    await ana.consent[Symbol.asyncDispose]()
    ana = await ana.reopen()
    expect((await ana.consent.verifyLog()).ok).toBe(false)
  })

  it('of another log than ours raises an alarm', async () => {
    await grow(4)
    const other = await sealCheckpoint({ device: ana.device, size: 3, root: new Uint8Array(32) }, await keyOf('ana'))
    await ana.consent.learnCheckpoint(other, ben.household)
    expect(alarms(ana)).toEqual(['record-changed'])
    expect((await ana.consent.verifyLog()).firstFault).toEqual({ n: 3, because: 'checkpoint' })
  })
})

/** The root that Ana's log had at a size, from the frontiers in her batches. */
function rootAt(size: number): Uint8Array {
  return rootOf({ size, peaks: ledger.committed.findLast(({ head }) => head?.n === size)!.head!.tree })
}

it('a household that goes through devices uses up its own places for checkpoints, and nobody else’s', async () => {
  await grow(2)
  const kept = (await ana.consent.checkpointNow())!
  await ben.consent.learnCheckpoint(kept.note, ana.household)
  const shown: string[] = []
  for (let at = 0; at < limits.devicesPerHousehold + 2; at++) {
    const key = await keyOf(`device ${at}`)
    const device = deviceIdOf(key)
    shown.push(device)
    time.setWallClock(time.nowMs() + 1000)
    await ben.consent.learnCheckpoint(await sealCheckpoint({ device, size: 1, root: new Uint8Array(32) }, key), householdOf('eve'))
  }
  const learned = ben.consent.checkpoints().map(({ device }) => device)
  expect(learned.toSorted()).toEqual([ana.device, ...shown.slice(2)].toSorted())
})
