import { limits, type ObjectId } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { actScene, type ActScene } from '../testing/acts.ts'
import { dayMs, type Side } from '../testing/index.ts'

let scene: ActScene
let ask: ObjectId

beforeEach(async () => {
  scene = await actScene()
  ask = await scene.asked()
})

const shown = { text: 'May open photos.\n', lang: 'en' }
const counter = ({ ana, time }: ActScene) =>
  ana.consent.counter(ask, {
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    expMs: time.nowMs() + 20 * dayMs,
    shown,
  })
/** What the log says about the ask. */
const saying = async ({ consent }: Side) => (await consent.log()).filter(({ facts }) => facts?.['ask'] === ask).length
const erase = (one: Side) => one.consent.eraseRecord({ beforeMs: scene.time.nowMs() + dayMs })

describe('what is said of an ask stays, whole, while it', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['waits', async () => undefined],
    ['sleeps', () => scene.ana.consent.snooze(ask, scene.time.nowMs() + dayMs)],
    ['looks at a counter-offer', () => counter(scene)],
  ])('%s', async (_what, act) => {
    await act()
    const before = await saying(scene.ana)
    expect(before).toBeGreaterThan(0)
    await erase(scene.ana)
    expect(await saying(scene.ana)).toBe(before)
  })
})

it('what is said of an ask that has an answer goes', async () => {
  await scene.ana.consent.deny(ask)
  await erase(scene.ana)
  expect(await saying(scene.ana)).toBe(0)
})

it('a counter-offer keeps it as long as it can be accepted, also past the time of the ask', async () => {
  await scene.passed(limits.askLapseMs - 2 * dayMs)
  await counter(scene)
  await scene.passed(3 * dayMs)
  const [record] = (await scene.ana.ledger.load()).asks
  expect(record).toMatchObject({ state: 'COUNTERED' })
  expect(record!.body.lapse * 1000).toBeLessThan(scene.time.nowMs())
  const before = await saying(scene.ana)
  await erase(scene.ana)
  expect(await saying(scene.ana)).toBe(before)
})
