import { limits, type DeviceId } from '@porchlight/core'
import { bodyOfEnvelope, seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConsentOptions } from '../inputs.ts'
import type { Fact } from '../ledger/ledger.ts'
import { givenType, grantType } from '../objects/index.ts'
import { deviceOf, type DeviceSide } from '../testing/devices.ts'
import { dayMs, keyOf, manualTime, sampleManifest, type ManualTime } from '../testing/index.ts'

let time: ManualTime
let desktop: DeviceSide
let laptop: DeviceSide
let ben: DeviceSide
/** What the desktop's household document lets a device sign; anything by default. */
let mayNow: (device: DeviceId, kind: string) => boolean
let fails: boolean

const open = async (name: string, options: Partial<ConsentOptions> = {}): Promise<DeviceSide> => {
  const made = await deviceOf('ana', name, time, options)
  made.consent.addManifest(sampleManifest)
  return made
}

beforeEach(async () => {
  time = manualTime(Date.UTC(2026, 10, 22))
  mayNow = () => true
  fails = false
  desktop = await open('desktop', { maySign: (_household, device, kind) => mayNow(device, kind), couldSign: () => true })
  laptop = await open('laptop')
  ben = await deviceOf('ben', 'only', time, { hasSiblings: () => false })
  desktop.consent.siblings.heard(laptop.device)
  const { commit } = desktop.ledger
  desktop.ledger.commit = async (transition) => {
    if (fails) throw new Error('EIO: told to fail')
    return commit(transition)
  }
})

const factsOf = (device: DeviceSide): readonly Fact[] => device.consent.siblings.facts(null).facts
const tell = (from: DeviceSide, to: DeviceSide) => to.consent.siblings.learn(factsOf(from))
const offerOn = (device: DeviceSide, renews?: string) =>
  device.consent.offer({
    to: ben.household,
    manifest: sampleManifest,
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    purposes: [],
    expMs: time.nowMs() + 30 * dayMs,
    shown: { text: 'May open it.\n', lang: 'en' },
    service: 'photos',
    ...(renews === undefined ? {} : { renews: renews as never }),
  })
/** Ben accepts what a device offers, and tells it so. */
async function accepted(device: DeviceSide, renews?: string) {
  const { id } = await offerOn(device, renews)
  const entry = device.consent.outbox(ben.household).find((each) => each.id === id)!
  await ben.consent.receiveGrant(entry.bytes, entry.manifest!, device.household)
  await ben.consent.accept(id)
  const receipt = ben.consent.outbox(device.household).find(({ kind }) => kind === 'receipt')!
  await device.consent.receiveReceipt(receipt.bytes, ben.household)
  await ben.consent.delivered(receipt.id)
  return id
}
const call = (device: DeviceSide) =>
  device.consent.admit({
    device: ben.device,
    household: ben.household,
    protocol: sampleManifest.proto,
    method: 'http',
    scope: 'use',
    location: 'photos',
  })
const stateOf = (device: DeviceSide, id: string) => device.consent.grants().find((grant) => grant.id === id)

describe('what a sibling tells', () => {
  it('a grant of a device that may give nothing any more waits for a person, and that device cannot confirm it itself', async () => {
    const id = await accepted(laptop)
    await laptop.consent.resume({ grants: [id] })
    mayNow = (device, kind) => device !== laptop.device || (kind !== 'grant' && kind !== 'resume')
    await tell(laptop, desktop)
    expect(stateOf(desktop, id)).toMatchObject({ state: 'SUSPENDED', causes: ['device-suspended'] })
    expect(call(desktop).allow).toBe(false)
    await desktop.consent.resume({ grants: [id] })
    expect(call(desktop).allow).toBe(true)
  })

  it('a device that may give nothing any more lifts no block and no pause', async () => {
    const id = await accepted(desktop)
    await desktop.consent.block(ben.household, null)
    await desktop.consent.panic()
    await tell(desktop, laptop)
    await laptop.consent.unblock(ben.household, null)
    await laptop.consent.resume({})
    mayNow = (device, kind) => device !== laptop.device || (kind !== 'unblock' && kind !== 'resume')
    expect(await tell(laptop, desktop)).toMatchObject({ learned: 0, waiting: 2 })
    expect(desktop.consent.halts()).toEqual(['paused'])
    expect(desktop.consent.blocks()).toHaveLength(1)
    mayNow = () => true
    expect(await desktop.consent.siblings.retry()).toMatchObject({ learned: 2 })
    expect(stateOf(desktop, id)?.state).toBe('ACTIVE')
    expect(call(desktop).allow).toBe(true)
  })

  it('a pause of a device that may sign nothing any more holds, and keeps nothing behind it from being learned', async () => {
    const id = await accepted(desktop)
    await tell(desktop, laptop)
    await laptop.consent.panic()
    await laptop.consent.revoke(id)
    mayNow = (device) => device !== laptop.device
    await tell(laptop, desktop)
    expect(desktop.consent.halts()).toEqual(['paused'])
    expect(stateOf(desktop, id)?.state).toBe('REVOKED')
  })

  it('a block holds from this tick on, also when it cannot be written, and can be lifted once it is', async () => {
    await accepted(desktop)
    await tell(desktop, laptop)
    await laptop.consent.block(ben.household, sampleManifest.proto)
    const live = call(desktop)
    fails = true
    await expect(tell(laptop, desktop)).rejects.toMatchObject({ reason: 'not-durable' })
    expect(live.allow && live.signal.aborted).toBe(true)
    expect(call(desktop)).toMatchObject({ allow: false, because: 'blocked' })
    fails = false
    await Promise.all([tell(laptop, desktop), tell(laptop, desktop)])
    expect(call(desktop).allow).toBe(false)
    await desktop.consent.unblock(ben.household, sampleManifest.proto)
    expect(call(desktop).allow).toBe(true)
  })

  it('a renunciation ends a grant from this tick on, also when it cannot be written', async () => {
    const id = await accepted(desktop)
    await tell(desktop, laptop)
    await ben.consent.renounce(id)
    const renounce = ben.consent.outbox(laptop.household).find(({ kind }) => kind === 'renounce')!
    await laptop.consent.receiveRenounce(renounce.bytes, ben.household)
    fails = true
    await expect(tell(laptop, desktop)).rejects.toMatchObject({ reason: 'not-durable' })
    expect(call(desktop).allow).toBe(false)
    fails = false
    await tell(laptop, desktop)
    expect(stateOf(desktop, id)?.state).toBe('RENOUNCED')
  })

  it('what was seen when a grant was given only the device that gave it says: another cannot make it see a block', async () => {
    const id = await accepted(desktop)
    const block = await desktop.consent.block(ben.household, null)
    const given = factsOf(desktop).find(({ kind }) => kind === 'given')!
    const phone = await open('phone')
    phone.consent.siblings.heard(desktop.device)
    for (let salt = 0; salt < 8; salt++) {
      const body = bodyOfEnvelope(givenType, given.bytes)
      const forged = await seal(givenType, { ...body, dev: laptop.device, blocks: [block], at: body.at + salt }, await keyOf('ana laptop'))
      await phone.consent.siblings.learn([{ kind: 'given', id: forged.id, bytes: forged.bytes }])
    }
    await tell(desktop, phone)
    expect(stateOf(phone, id)).toMatchObject({ blocks: [] })
    expect(call(phone).allow).toBe(false)
  })

  it('of two words of one device about what was seen every device believes the same one, in whatever order they come', async () => {
    const id = await accepted(laptop)
    const block = await laptop.consent.block(ben.household, null)
    const given = factsOf(laptop).find(({ kind }) => kind === 'given')!
    const key = await keyOf('ana laptop')
    const others: Fact[] = []
    for (let salt = 0; salt < 8; salt++) {
      const body = bodyOfEnvelope(givenType, given.bytes)
      const other = await seal(givenType, { ...body, blocks: [block], at: body.at + salt }, key)
      others.push({ kind: 'given', id: other.id, bytes: other.bytes })
    }
    const phone = await open('phone')
    phone.consent.siblings.heard(laptop.device)
    await tell(laptop, desktop)
    for (const other of others) await desktop.consent.siblings.learn([other])
    await phone.consent.siblings.learn(others)
    await tell(laptop, phone)
    expect(stateOf(phone, id)?.blocks).toEqual(stateOf(desktop, id)?.blocks)
  })

  it('a grant that reaches further than its text is not in force', async () => {
    await accepted(laptop)
    const key = await keyOf('ana laptop')
    const grant = factsOf(laptop).find(({ kind }) => kind === 'grant')!
    const given = factsOf(laptop).find(({ kind }) => kind === 'given')!
    const before = bodyOfEnvelope(grantType, grant.bytes)
    // Ben asked for it, says whoever signs this: so nothing more is missing.
    const wide = await seal(grantType, { ...before, ask: grant.id, exp: before.nbf + (limits.grantLifetimeMs / 1000) * 2 }, key)
    const kept = await seal(givenType, { ...bodyOfEnvelope(givenType, given.bytes), grant: wide.id }, key)
    const texts = factsOf(laptop).filter(({ kind }) => kind === 'manifest')
    await desktop.consent.siblings.learn([
      ...texts,
      { kind: 'grant', id: wide.id, bytes: wide.bytes },
      { kind: 'given', id: kept.id, bytes: kept.bytes },
    ])
    expect(stateOf(desktop, wide.id)).toBeUndefined()
    expect(call(desktop).allow).toBe(false)
  })

  it('a grant whose signer was not heard of for too long runs for no moment', async () => {
    await accepted(laptop)
    time.setWallClock(time.nowMs() + limits.grantFreshMs + 1000)
    await tell(laptop, desktop)
    expect(call(desktop).allow).toBe(false)
  })
})
