import { limits, type ObjectId } from '@porchlight/core'
import { bodyOfEnvelope, encodeCanonical } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { eraseType } from '../objects/index.ts'
import { actScene, type ActScene } from '../testing/acts.ts'
import { activeGrant, dayMs, deviceOf, memoryLedger, offerTo, side, twoSides, type DeviceSide, type Side } from '../testing/index.ts'

let scene: ActScene
let ana: Side
let ben: Side

beforeEach(async () => {
  scene = await actScene()
  ;({ ana, ben } = scene)
})

type One = Pick<Side, 'consent'>
/** What this device told the others to forget. */
const forgotten = ({ consent }: One): ObjectId[] =>
  consent.siblings
    .facts(null)
    .facts.filter(({ kind }) => kind === 'erase')
    .flatMap(({ bytes }) => bodyOfEnvelope(eraseType, bytes).over)
const saying = async ({ consent }: One) => (await consent.log()).filter(({ facts }) => facts !== undefined).map(({ kind }) => kind)

describe('the word to the other devices', () => {
  it('names every agreement and ask that is gone, of lists and archive, and no text', async () => {
    const ids = [await scene.given(), (await activeGrant(ben, ana, scene.time.nowMs(), 'music')).id, await scene.asked('books')]
    await ana.consent.revoke(ids[0]!)
    await ana.consent.renounce(ids[1]!)
    await ana.consent.deny(ids[2]!)
    await scene.passed(31 * dayMs)
    await ana.consent.eraseRecord({ household: ben.household })
    expect(forgotten(ana).toSorted()).toEqual(ids.toSorted())
  })

  it('names none when only entries went', async () => {
    await ana.consent.halt('locked')
    await ana.consent.eraseRecord({ beforeMs: scene.time.nowMs() + dayMs })
    expect(forgotten(ana)).toEqual([])
    expect(ana.consent.siblings.facts(null).facts.map(({ kind }) => kind)).not.toContain('erase')
  })

  it('holds as many as an object may, and goes on in another', async () => {
    const { ana: owner, ben: other, time } = await twoSides()
    for (let at = 0; at <= limits.grantsPerRevocation; at++) {
      const { id } = await owner.consent.offer({ ...offerTo(other, time.nowMs()), expMs: time.nowMs() + dayMs })
      await owner.consent.revoke(id)
      for (const { id: sent } of owner.consent.outbox()) await owner.consent.delivered(sent)
    }
    time.setWallClock(time.nowMs() + 2 * dayMs)
    expect((await owner.consent.eraseRecord({ household: other.household })).objects).toBe(limits.grantsPerRevocation + 1)
    const words: number[] = []
    for (let after = null as ReturnType<typeof owner.consent.siblings.cursor>; ;) {
      const page = owner.consent.siblings.facts(after)
      for (const { kind, bytes } of page.facts) if (kind === 'erase') words.push(bodyOfEnvelope(eraseType, bytes).over.length)
      after = page.cursor
      if (!page.more) break
    }
    expect(words).toEqual([limits.grantsPerRevocation, 1])
  })
})

describe('what the log says of an agreement to us', () => {
  it('stays while we hold it or could accept it, and goes once it is over, though the agreement itself is still listed', async () => {
    const offer = await ben.consent.offer(offerTo(ana, scene.time.nowMs(), 'music'))
    for (const { bytes, manifest } of ben.consent.outbox(ana.household)) await ana.consent.receiveGrant(bytes, manifest!, ben.household)
    const erase = () => ana.consent.eraseRecord({ household: ben.household })
    const before = await saying(ana)
    expect(await erase()).toEqual({ entries: 0, objects: 0 })
    await ana.consent.accept(offer.id)
    expect((await erase()).entries).toBe(0)
    await ana.consent.renounce(offer.id)
    const count = await erase()
    expect(count.entries).toBeGreaterThan(before.length)
    expect(count.objects).toBe(0)
    expect(await saying(ana)).toEqual(['erase'])
    expect(ana.consent.held()).toHaveLength(1)
  })
})

describe('an entry whose text is damaged', () => {
  it.each<[string, Uint8Array]>([
    ['is no CBOR', Uint8Array.of(0xff)],
    ['is nothing', new Uint8Array(encodeCanonical(null))],
    ['is a number', new Uint8Array(encodeCanonical(7))],
  ])('can be erased by its time when it %s, and belongs to no contact', async (_what, body) => {
    const ledger = memoryLedger()
    const { ana: one, ben: other, time } = await twoSides({ ana: ledger })
    await one.consent.halt('locked')
    ledger.entries[0] = { ...ledger.entries[0]!, body }
    expect(await one.consent.eraseRecord({ household: other.household })).toEqual({ entries: 0, objects: 0 })
    expect(await one.consent.eraseRecord({ beforeMs: time.nowMs() })).toEqual({ entries: 0, objects: 0 })
    expect(await one.consent.eraseRecord({ beforeMs: time.nowMs() + 1000 })).toEqual({ entries: 1, objects: 0 })
  })

  it('is as old as can be when its time cannot be read, so that it does not keep its text for ever', async () => {
    const ledger = memoryLedger()
    const { ana: one } = await twoSides({ ana: ledger })
    await one.consent.halt('locked')
    for (const bytes of [new Uint8Array(3), Uint8Array.of((3 << 3) | 2, 1, 0xff), Uint8Array.of((3 << 3) | 2, 1, 0xa0)]) {
      ledger.entries[0] = { ...ledger.entries[0]!, bytes, body: new Uint8Array(encodeCanonical({})) }
      expect((await one.consent.eraseRecord({ beforeMs: 0 })).entries).toBe(0)
      expect((await one.consent.eraseRecord({ beforeMs: 1 })).entries).toBe(1)
    }
  })
})

describe('what a sibling erased', () => {
  async function household(
    isRevoked = true,
  ): Promise<{ laptop: DeviceSide; phone: DeviceSide; other: Side; pass: (ms: number) => Promise<void> }> {
    const { time } = await twoSides()
    const other = await side('cai', time)
    const [laptop, phone] = [await deviceOf('ana', 'laptop', time), await deviceOf('ana', 'phone', time)]
    const pass = async (ms: number): Promise<void> => {
      time.setWallClock(time.nowMs() + ms)
      for (let turn = 0; turn < 6; turn++) {
        time.advance(limits.expirySweepMs)
        for (const { consent } of [laptop, phone]) await consent.verifyLog()
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const { id } = await laptop.consent.offer(offerTo(other, time.nowMs()))
    if (isRevoked) await laptop.consent.revoke(id)
    return { laptop, phone, other, pass }
  }
  const tell = (from: One, to: One) => to.consent.siblings.learn(from.consent.siblings.facts(null).facts)

  it('takes here what the log says of it, and what it says of nothing in particular stays', async () => {
    const { laptop, phone, other, pass } = await household()
    await tell(laptop, phone)
    await phone.consent.halt('locked')
    await phone.consent.revoke(laptop.consent.grants()[0]!.id).catch(() => undefined)
    await pass(31 * dayMs)
    await laptop.consent.eraseRecord({ household: other.household })
    await tell(laptop, phone)
    const before = await saying(phone)
    await pass(limits.archiveEveryMs + 1000)
    const after = await saying(phone)
    expect(phone.consent.grants()).toEqual([])
    expect(after.filter((kind) => kind === 'halt')).toEqual(['halt'])
    expect(after.filter((kind) => kind === 'learned')).toEqual(before.filter((kind) => kind === 'learned'))
    expect(after.at(-1)).toBe('erase')
  })

  it.each([
    ['with the word that ended it still here', true],
    ['when its objects were pruned', false],
  ])('goes from the archive as well, %s, and what else is there stays', async (_what, isRevoked) => {
    const { laptop, phone, other, pass } = await household(isRevoked)
    await tell(laptop, phone)
    await pass(31 * dayMs + limits.endedKeepMs + dayMs)
    await pass(limits.factsPruneMs)
    const archive = async () => {
      const kinds: string[] = []
      for await (const { kind } of phone.ledger.archive()) kinds.push(kind)
      return kinds
    }
    expect(await archive()).toEqual(['grant', 'manifest'])
    await laptop.consent.eraseRecord({ household: other.household })
    await tell(laptop, phone)
    await pass(limits.archiveEveryMs + 1000)
    expect(await archive()).toEqual(['manifest'])
  })
})
