import { limits } from '@porchlight/core'
import { open, seal } from '@porchlight/wire'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { askType, blockType, givenType, unblockType } from '../objects/index.ts'
import {
  activeGrant,
  admitted,
  ask,
  callOf,
  dayMs,
  deliver,
  householdOf,
  keyOf,
  memoryLedger,
  offerTo,
  sampleManifest,
  side,
  twoSides,
  type ManualTime,
  type MemoryLedger,
  type Side,
} from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
let ledger: MemoryLedger
const proto = sampleManifest.proto

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
  ana.consent.addManifest(sampleManifest)
})
const admits = (from = ben): boolean => ana.consent.admit(callOf(from)).allow

describe.each([
  ['one protocol', proto],
  ['the whole contact', null],
])('a block of %s', (_what, protocol) => {
  it('denies in the very tick, ends live calls, and is on the disk when it resolves', async () => {
    await activeGrant(ana, ben, time.nowMs())
    const live = admitted(ana, ben)
    const blocked = ana.consent.block(ben.household, protocol)
    expect(admits()).toBe(false)
    expect(live.signal.aborted).toBe(true)
    const id = await blocked
    expect(admits()).toBe(false)
    expect(ana.consent.blocks()).toMatchObject([{ id, household: ben.household, protocol }])
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', blocked: true }])
    const opened = await open(blockType, (await ledger.load()).facts.find(({ kind }) => kind === 'block')!.bytes)
    expect(opened.ok && opened.object.body).toMatchObject({ iss: ana.household, household: ben.household, protocol })
    await ana.consent[Symbol.asyncDispose]()
    ana = await ana.reopen()
    expect(admits()).toBe(false)
  })

  it('lifted lets the grants that are still in force admit again, with one entry each way', async () => {
    await activeGrant(ana, ben, time.nowMs())
    await ana.consent.block(ben.household, protocol)
    await ana.consent.block(ben.household, protocol)
    await ana.consent.unblock(ben.household, protocol)
    await ana.consent.unblock(ben.household, protocol)
    expect(admits()).toBe(true)
    expect(ana.consent.blocks()).toEqual([])
    const { facts } = await ledger.load()
    const unblock = await open(unblockType, facts.find(({ kind }) => kind === 'unblock')!.bytes)
    expect(unblock.ok && unblock.object.body.blocks).toEqual([facts.find(({ kind }) => kind === 'block')!.id])
    expect((await ana.consent.log()).map(({ kind }) => kind).slice(2)).toEqual(['block', 'unblock'])
  })

  it('drops asks, those that wait and those that come, and the asker learns nothing', async () => {
    const waiting = await ask(ben, ana, time)
    await ana.consent.block(ben.household, protocol)
    expect(ana.consent.asks().find(({ id }) => id === waiting!.id)?.state).toBe('BLOCKED')
    expect(await ask(ben, ana, time)).toBeUndefined()
    await ana.consent.unblock(ben.household, protocol)
    ben = await side('ben', time)
    expect(await ask(ben, ana, time)).toBeDefined()
  })

  it('touches nobody else', async () => {
    const eve = await side('eve', time)
    await activeGrant(ana, eve, time.nowMs())
    await ana.consent.block(ben.household, protocol)
    expect(admits(eve)).toBe(true)
    expect(await ask(eve, ana, time, { service: 'music' })).toBeDefined()
  })

  it('that cannot be written denies all the same, says so, and is written when it is said again', async () => {
    await activeGrant(ana, ben, time.nowMs())
    ledger.beforeCommit = () => Promise.reject(new Error('disk full'))
    await expect(ana.consent.block(ben.household, protocol)).rejects.toMatchObject({ code: 'INTERNAL', reason: 'not-durable' })
    expect(admits()).toBe(false)
    expect(ana.events).toContainEqual(expect.objectContaining({ type: 'alarm', what: 'ledger-write-failed' }))
    ledger.beforeCommit = () => {}
    expect(admits()).toBe(false)
    await ana.consent.block(ben.household, protocol)
    await ana.consent.unblock(ben.household, protocol)
    expect(admits()).toBe(true)
  })

  it('comes before a grant that was being written meanwhile and had not seen it', async () => {
    ledger.beforeCommit = () => new Promise((resolve) => void setImmediate(resolve))
    const offering = ana.consent.offer(offerTo(ben, time.nowMs()))
    const blocking = ana.consent.block(ben.household, protocol)
    await Promise.all([offering, blocking])
    await deliver(ana, ben)
    await ben.consent.accept((await offering).id)
    await deliver(ben, ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', blocked: true, blocks: [] }])
    expect(admits()).toBe(false)
  })
})

describe('a block', () => {
  it('of one protocol is overridden by a grant that saw it, and by no other', async () => {
    const before = await activeGrant(ana, ben, time.nowMs())
    const block = await ana.consent.block(ben.household, proto)
    const after = await activeGrant(ana, ben, time.nowMs())
    expect(ana.consent.grants()).toMatchObject([
      { id: before.id, blocked: true, blocks: [] },
      { id: after.id, blocked: false, blocks: [block] },
    ])
    expect(ana.consent.admit(callOf(ben))).toMatchObject({ allow: true, grant: after.id })
    // A block said again after that was lifted is another block, which neither saw.
    await ana.consent.unblock(ben.household, proto)
    await ana.consent.block(ben.household, proto)
    expect(admits()).toBe(false)
  })

  it('of a whole contact stands against new grants, and drops its offers to us', async () => {
    await ana.consent.block(ben.household, null)
    await expect(ana.consent.offer(offerTo(ben, time.nowMs()))).rejects.toMatchObject({ reason: 'blocked' })
    await ben.consent.offer(offerTo(ana, time.nowMs()))
    await expect(deliver(ben, ana)).rejects.toMatchObject({ reason: 'blocked' })
    expect(ana.consent.held()).toEqual([])
  })

  it('of another protocol leaves the rest alone', async () => {
    await activeGrant(ana, ben, time.nowMs())
    await ana.consent.block(ben.household, '/example/other/1')
    expect(admits()).toBe(true)
  })

  it('ends a counter-offer too: it can not be accepted any more', async () => {
    const asked = (await ask(ben, ana, time))!
    const scopes = [{ id: 'use', locations: ['photos'], max: {} }]
    await ana.consent.counter(asked.id, { scopes, expMs: time.nowMs() + dayMs, shown: { text: 'less', lang: 'en' } })
    await ana.consent.block(ben.household, proto)
    expect(ana.consent.asks()).toMatchObject([{ state: 'LAPSED' }])
    expect(ana.consent.outbox(ben.household)).toEqual([])
  })

  it('defeats every grant that did not see it, whatever the order of blocks, lifts and grants (invariant 16)', async () => {
    const step = fc.constantFrom('grant', 'block', 'block all', 'unblock', 'unblock all')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const own = memoryLedger()
        const us = await side('ana', time, own)
        for (const each of steps) {
          if (each === 'grant') await activeGrant(us, ben, time.nowMs()).catch(() => {})
          if (each === 'block') await us.consent.block(ben.household, proto)
          if (each === 'block all') await us.consent.block(ben.household, null)
          if (each === 'unblock') await us.consent.unblock(ben.household, proto)
          if (each === 'unblock all') await us.consent.unblock(ben.household, null)
        }
        const { grants } = await own.load()
        const standing = us.consent.blocks()
        const sawAll = grants.some((grant) => grant.state === 'ACTIVE' && standing.every(({ id }) => grant.blocks.includes(id!)))
        expect(us.consent.admit(callOf(ben)).allow).toBe(sawAll)
        await us.consent[Symbol.asyncDispose]()
        const again = await side('ana', time, own)
        expect(again.consent.admit(callOf(ben)).allow).toBe(sawAll)
        await again.consent[Symbol.asyncDispose]()
        ben = await side('ben', time)
      }),
      { numRuns: 30 },
    )
  })

  it('has room for so many and no more', async () => {
    for (let n = 0; n < limits.blocks; n++) await ana.consent.block(householdOf(`h${n}`), null)
    await expect(ana.consent.block(ben.household, '/a/c/1')).rejects.toMatchObject({ code: 'BUSY' })
  })
})

it('a grant keeps how it was given, signed, in the batch that gives it, with the text whose hash is in the grant', async () => {
  const grant = await ana.consent.offer({
    ...offerTo(ben, time.nowMs()),
    how: 'rule',
    app: 'garden',
    shown: { text: 'a\nb\n', lang: 'en' },
  })
  const batch = ledger.committed.find(({ changes }) => changes.some(({ table }) => table === 'grants'))!
  const record = batch.changes.find(({ table }) => table === 'grants')!.value as { given: Uint8Array }
  const given = await open(givenType, record.given)
  expect(given.ok && given.object.body).toMatchObject({
    grant: grant.id,
    how: 'rule',
    app: 'garden',
    persona: null,
    service: 'photos',
    blocks: [],
    shown: { text: new TextEncoder().encode('a\nb\n'), lang: 'en' },
  })
  for (const { bytes } of ana.consent.outbox()) expect(Buffer.from(bytes).includes('garden')).toBe(false)
})

describe('an ask that says when it was made', () => {
  /** Ben asks by a clock that is so far ahead of Ana's. */
  const askAhead = async (aheadMs: number) => {
    const clock = time.nowMs()
    const early = await side('ben', { ...time, nowMs: () => clock + aheadMs })
    return ask(early, ana, time)
  }

  it('is blocked by a block that comes after it, also when its clock is ahead', async () => {
    const { id } = (await askAhead(limits.clockBehindMs))!
    await ana.consent.block(ben.household, null)
    expect(ana.consent.asks().find((each) => each.id === id)?.state).toBe('BLOCKED')
  })

  it('far ahead is dropped: no block would ever come after it', async () => {
    const made = await seal(
      askType,
      { ...(await bodyOfAsk()), at: Math.floor((time.nowMs() + limits.clockBehindMs) / 1000) + 1 },
      await keyOf('ben'),
    )
    const received = ana.consent.receiveAsk(made.bytes, ben.household)
    time.advance(limits.askAnswerMs)
    await received
    expect(ana.consent.asks()).toEqual([])
  })

  const bodyOfAsk = async () => {
    await ben.consent.createAsk({
      to: ana.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: ['photos'], max: {} }],
      purposes: [],
      expMs: time.nowMs() + 30 * dayMs,
      why: '',
    })
    const opened = await open(askType, ben.consent.outbox(ana.household)[0]!.bytes)
    if (!opened.ok) throw new Error(opened.because)
    return opened.object.body
  }
})
