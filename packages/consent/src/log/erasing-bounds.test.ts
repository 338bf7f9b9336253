import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { actScene, type ActScene } from '../testing/acts.ts'
import { dayMs, memoryLedger, side, twoSides, type Side } from '../testing/index.ts'

let scene: ActScene
let ana: Side
let ben: Side

beforeEach(async () => {
  scene = await actScene()
  ;({ ana, ben } = scene)
})

/** Of which kinds the log still says something. */
const saying = async ({ consent }: Side) => (await consent.log()).filter(({ facts }) => facts !== undefined).map(({ kind }) => kind)
const erased = (beforeMs: number, one = ana) => one.consent.eraseRecord({ beforeMs })

describe('erasing before a time', () => {
  it('takes what was said before that second, and nothing of it or later', async () => {
    const atMs = scene.time.nowMs()
    await ana.consent.halt('locked')
    expect(await erased(atMs)).toEqual({ entries: 0, objects: 0 })
    expect(await saying(ana)).toEqual(['halt'])
    scene.time.advance(5_000)
    await ana.consent.unhalt('locked')
    expect(await erased(atMs + 5_000)).toEqual({ entries: 1, objects: 0 })
    expect(await saying(ana)).toEqual(['unhalt', 'erase'])
  })

  it('says in its entry how much, and up to when; with nothing to take it says nothing', async () => {
    await ana.consent.revoke(await scene.given())
    await scene.passed(31 * dayMs)
    const before = (await ana.consent.log()).length
    const beforeMs = Math.floor(scene.time.nowMs() / 1000) * 1000
    const count = await erased(beforeMs)
    expect(count.entries).toBeGreaterThan(0)
    expect(count.objects).toBe(1)
    expect((await ana.consent.log()).slice(before)).toMatchObject([
      { kind: 'erase', facts: { ...count, of: 'before', before: Math.floor(beforeMs / 1000) } },
    ])
    expect(await erased(beforeMs)).toEqual({ entries: 0, objects: 0 })
    expect((await ana.consent.log()).length).toBe(before + 1)
  })

  it('leaves what an ask says that is open, of theirs and of ours, until nobody could answer it any more', async () => {
    await scene.asked()
    expect((await erased(scene.time.nowMs() + 5_000)).entries).toBe(0)
    expect((await erased(scene.time.nowMs() + 5_000, ben)).entries).toBe(0)
    const lapseMs = (await ana.ledger.load()).asks[0]!.body.lapse * 1000
    await scene.passed(lapseMs - scene.time.nowMs() + limits.clockBehindMs)
    for (const one of [ana, ben]) {
      const count = await erased(scene.time.nowMs() + 5_000, one)
      expect(count.objects).toBe(1)
      expect(await saying(one)).toEqual(['erase'])
    }
  })
})

describe('erasing about a contact', () => {
  it('takes everything that names it and is over, and leaves the rest', async () => {
    await ana.consent.halt('locked')
    await ana.consent.unhalt('locked')
    await ana.consent.revoke(await scene.given())
    const stays = await scene.given('music')
    await scene.passed(29 * dayMs)
    const count = await ana.consent.eraseRecord({ household: ben.household })
    expect(count.objects).toBe(0)
    const kinds = await saying(ana)
    expect(kinds.filter((kind) => kind === 'halt' || kind === 'unhalt')).toEqual(['halt', 'unhalt'])
    expect(kinds).toContain('grant')
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'erase', facts: { of: 'contact', objects: 0 } })
    expect(JSON.stringify((await ana.consent.log()).at(-1)?.facts)).not.toContain(ben.household)
    expect(ana.consent.grants().find(({ id }) => id === stays)?.state).toBe('ACTIVE')
  })
})

it('erasing needs one of the two, and compacts only when something went', async () => {
  const ledger = memoryLedger()
  let compacted = 0
  ledger.compact = async () => void (compacted += 1)
  const { time } = await twoSides()
  const { consent } = await side('ana', time, ledger)
  for (const input of [{}, { beforeMs: 1, household: ben.household }])
    await expect(consent.eraseRecord(input)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'erase',
      message: 'erase what is before a time, or what is about one household',
    })
  await consent.eraseRecord({ beforeMs: time.nowMs() })
  expect(compacted).toBe(0)
  await consent.halt('locked')
  time.advance(5_000)
  await consent.eraseRecord({ beforeMs: time.nowMs() })
  expect(compacted).toBe(1)
})
