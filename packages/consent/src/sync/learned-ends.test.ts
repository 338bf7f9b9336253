import { beforeEach, describe, expect, it } from 'vitest'
import type { DeviceSide } from '../testing/devices.ts'
import { carry, deviceOf, manualTime, offerTo, sampleManifest, type ManualTime, type Side } from '../testing/index.ts'

let time: ManualTime
let desktop: DeviceSide
let laptop: DeviceSide
let ben: DeviceSide
let fails: boolean

beforeEach(async () => {
  time = manualTime(Date.UTC(2026, 10, 22))
  fails = false
  desktop = await deviceOf('ana', 'desktop', time)
  laptop = await deviceOf('ana', 'laptop', time)
  ben = await deviceOf('ben', 'only', time, { hasSiblings: () => false })
  for (const { consent } of [desktop, laptop]) for (const { device } of [desktop, laptop]) consent.siblings.heard(device)
  for (const { consent } of [desktop, laptop, ben]) consent.addManifest(sampleManifest)
  const { commit } = desktop.ledger
  desktop.ledger.commit = async (transition) => {
    if (fails) throw new Error('EIO: told to fail')
    return commit(transition)
  }
})

/** What the engine's helpers look at of a household. */
const asSide = (device: DeviceSide): Side => ({ ...device, events: [], reopen: () => Promise.reject(new Error('not in these tests')) })
const tell = (from: DeviceSide, to: DeviceSide) => to.consent.siblings.learn(from.consent.siblings.facts(null).facts)
/** A grant of the desktop's to Ben that both devices know. */
async function known(room = 'photos', renews?: string): Promise<string> {
  const { id } = await desktop.consent.offer({
    ...offerTo(asSide(ben), time.nowMs(), room),
    ...(renews === undefined ? {} : { renews: renews as never }),
  })
  await carry(asSide(desktop), asSide(ben), time)
  await ben.consent.accept(id)
  await carry(asSide(ben), asSide(desktop), time)
  await tell(desktop, laptop)
  return id
}
function call(room = 'photos') {
  const verdict = desktop.consent.admit({
    device: ben.device,
    household: ben.household,
    protocol: sampleManifest.proto,
    method: 'http',
    scope: 'use',
    location: room,
  })
  return verdict
}
const under = (room?: string): AbortSignal => {
  const verdict = call(room)
  if (!verdict.allow) throw new Error(verdict.because)
  return verdict.signal
}
const grant = (id: string) => desktop.consent.grants().find((each) => each.id === id)!

describe('a revocation of another device', () => {
  it('ends the grant in this tick, and shows it on its way out when it cannot be written', async () => {
    const id = await known()
    const [live, other] = [under(), (await known('music'), under('music'))]
    await laptop.consent.revoke(id as never)
    fails = true
    time.advance(1)
    const endedMs = time.nowMs()
    await expect(tell(laptop, desktop)).rejects.toMatchObject({ reason: 'not-durable' })
    expect(live.aborted).toBe(true)
    expect(other.aborted).toBe(false)
    expect(grant(id)).toMatchObject({ state: 'REVOKING', endedMs })
    expect(call()).toMatchObject({ allow: false })
    // It is shown by its state, not as one of those that only wait for the disk.
    expect(desktop.consent.siblings.isEnding(id as never)).toBe(false)
    fails = false
    await tell(laptop, desktop)
    expect(grant(id)).toMatchObject({ state: 'REVOKED' })
  })

  it('of a grant that is over or on its way out changes nothing of that', async () => {
    const id = await known()
    await laptop.consent.revoke(id as never)
    await desktop.consent.revoke(id as never)
    const before = grant(id)
    expect(before.state).toBe('REVOKED')
    time.advance(5_000)
    await tell(laptop, desktop)
    expect(grant(id)).toMatchObject({ state: 'REVOKED', endedMs: before.endedMs })
  })
})

describe('a renunciation that another device was told', () => {
  it('ends the grant in this tick, and is forgotten as waiting once it is written', async () => {
    const id = await known()
    const live = under()
    await ben.consent.renounce(id as never)
    await carry(asSide(ben), asSide(laptop), time)
    fails = true
    await expect(tell(laptop, desktop)).rejects.toMatchObject({ reason: 'not-durable' })
    expect(live.aborted).toBe(true)
    expect(grant(id).state).toBe('ACTIVE')
    expect(desktop.consent.siblings.isEnding(id as never)).toBe(true)
    fails = false
    await tell(laptop, desktop)
    expect(grant(id).state).toBe('RENOUNCED')
    expect(desktop.consent.siblings.isEnding(id as never)).toBe(false)
  })

  it('still denies while only something else could be written', async () => {
    const id = await known()
    await ben.consent.renounce(id as never)
    await carry(asSide(ben), asSide(laptop), time)
    fails = true
    await expect(tell(laptop, desktop)).rejects.toMatchObject({ reason: 'not-durable' })
    fails = false
    await laptop.consent.block(ben.household, '/else/where/1')
    const block = laptop.consent.siblings.facts(null).facts.filter(({ kind }) => kind === 'block')
    expect(await desktop.consent.siblings.learn(block)).toMatchObject({ learned: 1 })
    expect(desktop.consent.siblings.isEnding(id as never)).toBe(true)
    expect(call().allow).toBe(false)
  })
})

it('a call goes on when what is learned ends nothing of its grant', async () => {
  const id = await known()
  const live = under()
  const renewal = await laptop.consent.offer({ ...offerTo(asSide(ben), time.nowMs()), renews: id as never })
  await tell(laptop, desktop)
  expect(live.aborted).toBe(false)
  await carry(asSide(laptop), asSide(ben), time)
  await ben.consent.accept(renewal.id)
  await carry(asSide(ben), asSide(laptop), time)
  await tell(laptop, desktop)
  expect(live.aborted).toBe(true)
  expect(grant(id).state).toBe('SUPERSEDED')
})

describe('what a device learned', () => {
  it('is in its log with the device that signed it, and without one where a text stands for itself', async () => {
    await laptop.consent.offer(offerTo(asSide(ben), time.nowMs()))
    await laptop.consent.block(ben.household, '/else/where/1')
    await tell(laptop, desktop)
    const entries = (await desktop.consent.log()).filter(({ kind }) => kind === 'learned').map(({ facts }) => facts!)
    const { facts } = laptop.consent.siblings.facts(null)
    expect(entries).toEqual(
      facts.map(({ id, kind }) => ({ fact: id, of: kind, ...(kind === 'manifest' ? {} : { device: laptop.device }) })),
    )
    expect(facts.map(({ kind }) => kind)).toContain('manifest')
  })

  it('is taken once from one page that has it twice, and no page is longer than what is taken at once', async () => {
    await laptop.consent.block(ben.household, null)
    const [fact] = laptop.consent.siblings.facts(null).facts
    expect(await desktop.consent.siblings.learn([fact!, fact!])).toEqual({ learned: 1, waiting: 0, refused: 0, dropped: 0 })
    await expect(desktop.consent.siblings.learn(Array.from({ length: 257 }, () => fact!))).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: '257 facts at once, limit 256',
    })
    expect(await desktop.consent.siblings.learn(Array.from({ length: 256 }, () => fact!))).toMatchObject({ learned: 0 })
  })
})
