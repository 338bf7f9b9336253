import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { activeGrantOf, ask, carry, dayMs, memoryLedger, sampleManifest, twoSides, type ManualTime, type Side } from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
const shown = { text: 'Ben may open the photos.\n', lang: 'en' }
const bodyOf = async (id: string) => (await ana.ledger.load()).grants.find((grant) => grant.id === id)!.body

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides({ ana: memoryLedger() }))
  ana.consent.addManifest(sampleManifest)
})
const asked = async (service?: string) => (await ask(ben, ana, time, service === undefined ? {} : { service }))!.id
const within = (location: string, id = 'use') =>
  activeGrantOf(ana, ben, { nowMs: time.nowMs(), scopes: [{ id, locations: [location], max: {} }] })

describe('an approval', () => {
  it('gives what was asked, until when it was asked, where nothing else is said', async () => {
    const ends = Math.floor((time.nowMs() + 30 * dayMs) / 1000)
    const { id } = await ana.consent.approve(await asked(), { shown })
    expect(await bodyOf(id)).toMatchObject({
      scopes: [{ id: 'use', locations: ['photos'], max: {} }],
      exp: ends,
      fresh: limits.grantFreshMs / 1000,
      renews: null,
    })
  })

  it('gives less, sooner over, and less long to a device that is cut off, where that is said', async () => {
    const expMs = time.nowMs() + dayMs
    const scopes = [{ id: 'use', locations: ['photos/2026'], max: { opsPerMin: 3 } }]
    const { id } = await ana.consent.approve(await asked(), { shown, scopes, expMs, freshMs: 60_000 })
    expect(await bodyOf(id)).toMatchObject({ scopes, exp: Math.floor(expMs / 1000), fresh: 60 })
  })

  it('begins now, also of an ask that wanted it earlier', async () => {
    const id = await asked()
    time.setWallClock(time.nowMs() + dayMs)
    const grant = await ana.consent.approve(id, { shown })
    expect((await bodyOf(grant.id)).nbf).toBe(Math.floor(time.nowMs() / 1000))
  })

  it('is in force at once: both have signed', async () => {
    const { state } = await ana.consent.approve(await asked(), { shown })
    expect(state).toBe('ACTIVE')
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', signedByBoth: true }])
  })
})

describe('an approval takes the place of a grant in force', () => {
  it('that gives no more than what was asked', async () => {
    const narrower = await within('photos/2026')
    const { id } = await ana.consent.approve(await asked(), { shown })
    expect((await bodyOf(id)).renews).toBe(narrower.id)
  })

  it('also when that one is suspended', async () => {
    const narrower = await within('photos')
    await ana.consent.suspend(narrower.id, 'unused')
    const { id } = await ana.consent.approve(await asked(), { shown })
    expect((await bodyOf(id)).renews).toBe(narrower.id)
  })

  it('but not of one that gives more, or something else', async () => {
    await within('photos', 'upload')
    await within('music')
    const { id } = await ana.consent.approve(await asked(), { shown })
    expect((await bodyOf(id)).renews).toBeNull()
  })

  it('but not of one that is over', async () => {
    const over = await within('photos')
    await ana.consent.revoke(over.id)
    const { id } = await ana.consent.approve(await asked(), { shown })
    expect((await bodyOf(id)).renews).toBeNull()
  })

  it('but not of one of another protocol with scopes of the same names', async () => {
    const grant = await ana.consent.offer({
      to: ben.household,
      manifest: { ...sampleManifest, proto: '/example/other/1' },
      scopes: [{ id: 'use', locations: ['photos'], max: {} }],
      purposes: [],
      expMs: time.nowMs() + 30 * dayMs,
      shown,
      service: 'photos',
    })
    await carry(ana, ben, time)
    await ben.consent.accept(grant.id)
    await carry(ben, ana, time)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', protocol: '/example/other/1' }])
    const { id } = await ana.consent.approve(await asked(), { shown })
    expect((await bodyOf(id)).renews).toBeNull()
  })
})
