import { open, seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AskInput } from '../inputs.ts'
import { grantType, type GrantBody } from '../objects/index.ts'
import { carry, dayMs, keyOf, offerTo, sampleManifest, side, twoSides, type ManualTime, type Side } from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
  ana.consent.addManifest(sampleManifest)
})
const scopes = [{ id: 'use', locations: ['photos'], max: { opsPerMin: 10 } }]
/** Ben asks from tomorrow on for 30 days. */
const asks = (change: Partial<AskInput> = {}) =>
  ben.consent.createAsk({
    to: ana.household,
    manifest: sampleManifest,
    scopes,
    purposes: ['dpv:ServiceProvision'],
    nbfMs: time.nowMs() + dayMs,
    expMs: time.nowMs() + 30 * dayMs,
    why: '',
    ...change,
  })
/** A grant that names Ben's ask, with these changes, as it comes to him. */
async function answered(ask: GrantBody['ask'], change: Partial<GrantBody> = {}, by = ana, name = 'ana') {
  await by.consent.offer({ ...offerTo(ben, time.nowMs()), scopes, nbfMs: time.nowMs() + dayMs })
  const entry = by.consent.outbox(ben.household).at(-1)!
  const opened = await open(grantType, entry.bytes)
  if (!opened.ok) throw new Error(opened.because)
  const { bytes } = await seal(grantType, { ...opened.object.body, ask, ...change }, await keyOf(name))
  return ben.consent.receiveGrant(bytes, entry.manifest!, by.household)
}
const sec = (ms: number) => Math.floor(ms / 1000)
const stateOf = (id: string) => ben.consent.ownAsks().find((ask) => ask.id === id)

describe('a grant that names an ask of ours', () => {
  it('and gives exactly what we asked for is accepted at once, with a receipt, and answers the ask', async () => {
    const { id } = await asks()
    const held = await answered(id)
    expect(held.state).toBe('HELD')
    expect((await ben.ledger.load()).ownAsks).toMatchObject([{ id, state: 'ANSWERED', grant: held.id }])
    expect(ben.consent.outbox(ana.household).map(({ kind }) => kind)).toContain('receipt')
  })

  it.each<[string, () => Partial<GrantBody>]>([
    ['less of it', () => ({ scopes: [{ id: 'use', locations: ['photos/2026'], max: { opsPerMin: 1 } }] })],
    ['for fewer purposes', () => ({ purposes: [] })],
    ['from later on', () => ({ nbf: sec(time.nowMs() + 2 * dayMs) })],
    ['for less long', () => ({ exp: sec(time.nowMs() + 2 * dayMs) })],
  ])('and gives %s is accepted at once', async (_what, change) => {
    const { id } = await asks()
    expect((await answered(id, change())).state).toBe('HELD')
  })

  it.each<[string, () => Partial<GrantBody>]>([
    ['another scope', () => ({ scopes: [{ id: 'upload', locations: ['photos'], max: { opsPerMin: 10 } }] })],
    ['another place', () => ({ scopes: [{ id: 'use', locations: ['music'], max: { opsPerMin: 10 } }] })],
    ['more of it', () => ({ scopes: [{ id: 'use', locations: ['photos'], max: { opsPerMin: 11 } }] })],
    ['from earlier on', () => ({ nbf: sec(time.nowMs() + dayMs) - 1 })],
    ['for longer', () => ({ exp: sec(time.nowMs() + 30 * dayMs) + 1 })],
  ])('and gives %s waits for a person', async (_what, change) => {
    const { id } = await asks()
    expect((await answered(id, change())).state).toBe('OFFERED')
  })

  it('and is for a purpose that we did not name waits for a person', async () => {
    const { id } = await asks({ purposes: [] })
    expect((await answered(id)).state).toBe('OFFERED')
  })

  it('that we took back waits for a person', async () => {
    const { id } = await asks()
    await ben.consent.withdrawAsk(id)
    expect((await answered(id)).state).toBe('OFFERED')
  })

  it('of another household than we asked waits for a person, and the ask goes on waiting', async () => {
    const eve = await side('eve', time)
    const { id } = await asks()
    expect((await answered(id, {}, eve, 'eve')).state).toBe('OFFERED')
    expect(stateOf(id)).toMatchObject({ state: 'PENDING' })
  })

  it('is accepted once for each ask: a second grant for it waits for a person', async () => {
    const { id } = await asks()
    await answered(id)
    expect((await answered(id, { purposes: [] })).state).toBe('OFFERED')
  })
})

describe('a renewal that we accept', () => {
  const renewed = async (change: { nbfMs?: number } = {}) => {
    const old = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await carry(ana, ben, time)
    await ben.consent.accept(old.id)
    await carry(ben, ana, time)
    const { id } = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), renews: old.id, ...change })
    await carry(ana, ben, time)
    await ben.consent.accept(id)
    return ben.consent.held().map(({ state }) => state)
  }

  it('takes the place of the old grant at once, which the log says', async () => {
    expect(await renewed()).toEqual(['SUPERSEDED', 'HELD'])
    expect((await ben.consent.log()).slice(-2)).toMatchObject([{ kind: 'accept' }, { kind: 'held-supersede' }])
  })

  it('leaves the old grant until it begins', async () => {
    expect(await renewed({ nbfMs: time.nowMs() + dayMs })).toEqual(['HELD', 'HELD'])
    expect((await ben.consent.log()).map(({ kind }) => kind)).not.toContain('held-supersede')
  })
})
