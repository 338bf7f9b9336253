import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { deviceOf, type DeviceSide } from '../testing/devices.ts'
import { callOf, dayMs, deliver, manualTime, offerTo, sampleManifest, type ManualTime, type Side } from '../testing/index.ts'

let time: ManualTime
let desktop: DeviceSide
let laptop: DeviceSide
let ben: DeviceSide

/** What the engine's helpers look at of a household. */
const asSide = (device: DeviceSide): Side => ({ ...device, events: [], reopen: () => Promise.reject(new Error('not in these tests')) })

beforeEach(async () => {
  time = manualTime(Date.UTC(2026, 10, 22))
  desktop = await deviceOf('ana', 'desktop', time)
  laptop = await deviceOf('ana', 'laptop', time)
  ben = await deviceOf('ben', 'only', time, { hasSiblings: () => false })
  for (const { consent } of [desktop, laptop]) for (const { device } of [desktop, laptop]) consent.siblings.heard(device)
})

/** Lets time pass, and everything that this brings be written. */
async function pass(ms: number, ...devices: DeviceSide[]): Promise<void> {
  time.setWallClock(time.nowMs() + ms)
  for (let turn = 0; turn < 8; turn++) {
    time.advance(limits.expirySweepMs)
    for (const { consent } of devices) await consent.verifyLog()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const longAfter = limits.grantLifetimeMs + limits.endedKeepMs

const factsOf = async ({ ledger }: DeviceSide) => (await ledger.load()).facts
const kept = async (device: DeviceSide) => (await factsOf(device)).filter(({ bytes }) => bytes.byteLength > 0).map(({ kind }) => kind)
const tell = (from: DeviceSide, to: DeviceSide) => to.consent.siblings.learn(from.consent.siblings.facts(null).facts)

async function given(): Promise<string> {
  const { id } = await desktop.consent.offer(offerTo(asSide(ben), time.nowMs()))
  await deliver(asSide(desktop), asSide(ben))
  await ben.consent.accept(id)
  await deliver(asSide(ben), asSide(desktop))
  return id
}
async function offered(): Promise<string> {
  const { id } = await ben.consent.offer(offerTo(asSide(desktop), time.nowMs()))
  await deliver(asSide(ben), asSide(desktop))
  return id
}
const allows = ({ consent }: DeviceSide): boolean => consent.admit(callOf(asSide(ben))).allow

describe('facts that can change nothing any more', () => {
  it('of offers go without a trace, of grants of ours leave their ids, and our revocations stay; the record keeps all of it', async () => {
    const id = await given()
    await desktop.consent.revoke(id as never)
    const offer = await offered()
    await desktop.consent.accept(offer as never)
    await pass(longAfter, desktop)
    await desktop.consent.block(ben.household, null)
    await pass(limits.factsPruneMs, desktop)
    const rest = await factsOf(desktop)
    expect(rest.filter(({ kind }) => kind === 'grant').map((fact) => [fact.id, fact.bytes.byteLength])).toEqual([[id, 0]])
    expect((await kept(desktop)).toSorted()).toEqual(['block', 'revoke'])
    let objects = ''
    for await (const { path, text } of desktop.consent.exportRecord()) if (path === 'objects.ndjson') objects += text
    for (const each of [id, offer]) expect(objects).toContain(each)
    expect((await desktop.consent.log()).at(-1)).toMatchObject({ kind: 'prune' })
    expect((await desktop.consent.verifyLog()).ok).toBe(true)
  })

  it('stay as long as the lists have them', async () => {
    await given()
    await offered()
    await pass(30 * dayMs + limits.endedKeepMs - dayMs, desktop)
    expect(await kept(desktop)).toContain('grant')
    expect(desktop.consent.grants()).toHaveLength(1)
  })

  it('bring nothing back when a device that was off for years tells them again, and go again', async () => {
    await given()
    await offered()
    await tell(desktop, laptop)
    await desktop.consent.revoke(desktop.consent.grants()[0]!.id)
    const old = laptop.consent.siblings.facts(null).facts
    await pass(longAfter, desktop)
    await desktop.consent.siblings.learn(old)
    expect(desktop.consent.grants()).toEqual([])
    expect(desktop.consent.held()).toEqual([])
    expect(allows(desktop)).toBe(false)
    await desktop.consent.block(ben.household, null)
    // The text leaves the lists first.
    for (let hour = 0; hour < 2; hour++) await pass(limits.factsPruneMs, desktop)
    expect((await kept(desktop)).toSorted()).toEqual(['block', 'revoke'])
  })

  it('are not looked for while the clock is in doubt, and a revocation outlives a clock that was years ahead', async () => {
    const id = await given()
    await tell(desktop, laptop)
    expect(allows(laptop)).toBe(true)
    await desktop.consent.revoke(id as never)
    const [right, old] = [time.nowMs(), laptop.consent.siblings.facts(null).facts]
    await desktop.consent.halt('rollback')
    await pass(longAfter, desktop)
    expect(await kept(desktop)).toContain('grant')
    await desktop.consent.unhalt('rollback')
    await pass(limits.factsPruneMs, desktop)
    expect(await kept(desktop)).not.toContain('grant')
    const phone = await deviceOf('ana', 'phone', manualTime(right))
    for (const { device } of [desktop, laptop]) phone.consent.siblings.heard(device)
    await phone.consent.siblings.learn(old)
    expect(allows(phone)).toBe(true)
    await tell(desktop, phone)
    expect(allows(phone)).toBe(false)
  })

  it('a "no" is forgotten with its ask, and counts no more against the next one', async () => {
    desktop.consent.addManifest(sampleManifest)
    const asked = async () => {
      const { id } = await ben.consent.createAsk({
        to: desktop.household,
        manifest: sampleManifest,
        scopes: [{ id: 'use', locations: ['photos'], max: {} }],
        purposes: [],
        expMs: time.nowMs() + 30 * dayMs,
        why: '',
      })
      const entry = ben.consent.outbox(desktop.household).find((each) => each.id === id)!
      const answered = desktop.consent.receiveAsk(entry.bytes, ben.household)
      time.advance(limits.askAnswerMs)
      await answered
      return id
    }
    const id = await asked()
    await desktop.consent.deny(id)
    expect((await desktop.ledger.load()).cooldowns).toHaveLength(1)
    await pass(limits.endedKeepMs, desktop)
    expect((await desktop.ledger.load()).cooldowns).toHaveLength(1)
    await desktop.consent.block(ben.household, '/else/where/1')
    await pass(31 * dayMs, desktop)
    expect((await desktop.ledger.load()).cooldowns).toEqual([])
    expect(await kept(desktop)).toEqual(['manifest', 'block'])
  })

  it('of words about a contact only the newest stays, and every removal', async () => {
    const words = {
      household: ben.household,
      selfChosenName: null,
      level: 'unverified' as const,
      documents: [],
      suspensions: [],
      devices: [],
    }
    for (const [petname, removed] of [
      ['Ben', false],
      ['Ben', true],
      ['Benno', false],
      ['Uncle', false],
    ] as const)
      await desktop.consent.siblings.sayContact({ ...words, petname, removed, addresses: [], over: [], since: 0 })
    await pass(limits.factsPruneMs, desktop)
    expect(await kept(desktop)).toEqual(['contact', 'contact'])
    expect(desktop.consent.siblings.contact(ben.household)?.body.petname).toBe('Uncle')
  })

  it('a text that was dropped is missed when something under it is learned, until it comes again', async () => {
    await offered()
    const [text, grant] = desktop.consent.siblings.facts(null).facts
    await laptop.consent.siblings.learn([grant!])
    expect(laptop.consent.siblings.lacksText()).toBe(true)
    await laptop.consent.siblings.learn([text!])
    expect(laptop.consent.siblings.lacksText()).toBe(false)
    expect(laptop.consent.held()).toHaveLength(1)
  })
})

it('questions about the text of a grant go when the grant is over', async () => {
  const id = await given()
  desktop.consent.addManifest(sampleManifest)
  desktop.consent.addManifest({ ...sampleManifest, rev: 2, prev: desktop.consent.addManifest(sampleManifest), retention: 'a year' })
  await pass(limits.factsPruneMs, desktop)
  expect((await desktop.ledger.load()).texts).toHaveLength(1)
  await desktop.consent.revoke(id as never)
  await pass(limits.factsPruneMs, desktop)
  expect((await desktop.ledger.load()).texts).toEqual([])
})
