import { limits } from '@porchlight/core'
import { open, seal, keyFromSeed } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { grantType, manifestType, receiptType, revokeType, type GrantBody } from '../objects/index.ts'
import {
  activeGrant,
  ask,
  callOf,
  dayMs,
  deliver,
  memoryLedger,
  offerTo,
  sampleManifest,
  side,
  twoSides,
  type ManualTime,
  type Side,
} from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
})

const keyOf = (name: string) => {
  const seed = new Uint8Array(32)
  seed.set(new TextEncoder().encode(name))
  return keyFromSeed(seed)
}
/** A grant of Ana's to Ben as it lies in her outbox, its fields changed and signed again. */
const grantWith = async (change: Partial<GrantBody> = {}, signer = 'ana') => {
  await ana.consent.offer(offerTo(ben, time.nowMs()))
  const entry = ana.consent.outbox().at(-1)!
  const opened = await open(grantType, entry.bytes)
  if (!opened.ok) throw new Error(opened.because)
  const made = await seal(grantType, { ...opened.object.body, ...change }, await keyOf(signer))
  return { id: made.id, bytes: made.bytes, manifest: entry.manifest! }
}

describe('a grant that arrives', () => {
  it('is an open offer, and the same grant again is the same offer', async () => {
    const { id, bytes, manifest } = await grantWith()
    const first = await ben.consent.receiveGrant(bytes, manifest, ana.household)
    expect(first).toMatchObject({ id, state: 'OFFERED', household: ana.household, manifest: sampleManifest })
    expect(await ben.consent.receiveGrant(bytes, manifest, ana.household)).toEqual(first)
    expect((await ben.consent.log()).map(({ kind }) => kind)).toEqual(['granted'])
  })

  it('does not carry what the owner saw, only its hash', async () => {
    const grant = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), shown: { text: 'my secret petname for Ben', lang: 'en' } })
    const entry = ana.consent.outbox().find(({ id }) => id === grant.id)!
    expect(Buffer.from(entry.bytes).toString('latin1')).not.toContain('secret')
    expect(ana.consent.grants()[0]?.shown.text).toContain('secret')
  })

  it.each<[string, Partial<GrantBody>, string]>([
    ['for another household', { aud: { household: 'baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' as never } }, 'audience'],
    ['for a scope that its manifest does not have', { scopes: [{ id: 'admin', locations: ['photos'], max: {} }] }, 'scope-unknown'],
    ['for longer than a grant may run', { exp: Math.floor(Date.UTC(2028, 5, 1) / 1000) }, 'expiry'],
    ['that ends before it begins', { exp: 1 }, 'expiry'],
    ['in the name of another household', { iss: 'baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' as never }, 'signer'],
  ])('%s is refused', async (_what, change, reason) => {
    const full = Object.fromEntries(
      Object.entries(change).map(([key, value]) => [
        key,
        key === 'aud' ? { household: ana.household } : key === 'iss' ? ben.household : value,
      ]),
    )
    const { bytes, manifest } = await grantWith(full)
    await expect(ben.consent.receiveGrant(bytes, manifest, ana.household)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason })
    expect(ben.consent.held()).toEqual([])
  })

  it('of a device that is not the one it names, or may not sign, is refused', async () => {
    const { bytes, manifest } = await grantWith({}, 'mallory')
    await expect(ben.consent.receiveGrant(bytes, manifest, ana.household)).rejects.toMatchObject({ reason: 'signer' })
    const strict = await side('ben', time, memoryLedger(), { maySign: (_household, _device, kind) => kind !== 'grant' })
    const sound = await grantWith()
    await expect(strict.consent.receiveGrant(sound.bytes, sound.manifest, ana.household)).rejects.toMatchObject({ reason: 'signer' })
  })

  it('with another manifest than it names, or a manifest that cannot be shown, is refused', async () => {
    const { bytes } = await grantWith()
    const other = await seal(manifestType, { ...sampleManifest, rev: 2 }, await keyOf('ana'))
    await expect(ben.consent.receiveGrant(bytes, other.bytes, ana.household)).rejects.toMatchObject({ reason: 'manifest' })
    const faulty = await seal(manifestType, { ...sampleManifest, claims: [{ key: 'onward', assurance: 'enforced' }] }, await keyOf('ana'))
    const named = await grantWith({ manifest: faulty.id })
    await expect(ben.consent.receiveGrant(named.bytes, faulty.bytes, ana.household)).rejects.toMatchObject({ reason: 'manifest' })
  })

  it('is refused when too many offers wait, and none of those is lost', async () => {
    for (let n = 0; n < limits.offersPerContact; n++) await ana.consent.offer(offerTo(ben, time.nowMs(), `s${n}`))
    await deliver(ana, ben)
    const { bytes, manifest } = await grantWith()
    await expect(ben.consent.receiveGrant(bytes, manifest, ana.household)).rejects.toMatchObject({ code: 'BUSY' })
    expect(ben.consent.held()).toHaveLength(limits.offersPerContact)
  })

  it('is refused when as many were taken back unanswered within a day: whoever takes back must not fill our disk', async () => {
    for (let n = 0; n < limits.offersPerContact; n++) {
      const made = await ana.consent.offer(offerTo(ben, time.nowMs(), `s${n}`))
      await deliver(ana, ben)
      await ana.consent.revoke(made.id)
      await deliver(ana, ben)
    }
    const { bytes, manifest } = await grantWith()
    await expect(ben.consent.receiveGrant(bytes, manifest, ana.household)).rejects.toMatchObject({ code: 'BUSY' })
    time.setWallClock(time.nowMs() + dayMs)
    const later = await grantWith()
    expect((await ben.consent.receiveGrant(later.bytes, later.manifest, ana.household)).state).toBe('OFFERED')
  })

  it('in answer to an ask of ours is accepted at once only within what we asked', async () => {
    ana.consent.addManifest(sampleManifest)
    const asked = await ask(ben, ana, time)
    const wider = await grantWith({ ask: asked!.id, scopes: [{ id: 'use', locations: ['music'], max: {} }] })
    expect((await ben.consent.receiveGrant(wider.bytes, wider.manifest, ana.household)).state).toBe('OFFERED')
    expect(ben.consent.outbox().filter(({ kind }) => kind === 'receipt')).toEqual([])
  })
})

describe('answering an offer', () => {
  it('accepting twice signs one receipt; declining then is refused', async () => {
    const grant = await activeGrant(ana, ben, time.nowMs())
    await ben.consent.accept(grant.id)
    expect(ben.consent.outbox()).toEqual([])
    await expect(ben.consent.decline(grant.id)).rejects.toMatchObject({ reason: 'offer-over' })
  })

  it('declining tells the owner, whose grant never becomes active', async () => {
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await deliver(ana, ben)
    await ben.consent.decline(grant.id)
    await ben.consent.decline(grant.id)
    await expect(ben.consent.accept(grant.id)).rejects.toMatchObject({ reason: 'offer-over' })
    await deliver(ben, ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'RENOUNCED' }])
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
  })

  it('an offer that is over cannot be accepted, nor one that nobody made', async () => {
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await deliver(ana, ben)
    await expect(ana.consent.accept(grant.id)).rejects.toMatchObject({ reason: 'unknown-grant' })
    time.setWallClock(grant.expMs)
    await expect(ben.consent.accept(grant.id)).rejects.toMatchObject({ reason: 'offer-over' })
  })
})

describe('a receipt', () => {
  it('for other scopes, of another household or for no grant starts nothing', async () => {
    const eve = await side('eve', time)
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    const receipt = async (name: string, one: Side, accepts: string[], of = grant.id) =>
      (await seal(receiptType, { grant: of, iss: one.household, dev: one.device, accepts, at: 1, checkpoint: null }, await keyOf(name)))
        .bytes
    await expect(ana.consent.receiveReceipt(await receipt('ben', ben, []), ben.household)).rejects.toMatchObject({ reason: 'wrong-scopes' })
    await expect(ana.consent.receiveReceipt(await receipt('ben', ben, ['use', 'upload']), ben.household)).rejects.toMatchObject({
      reason: 'wrong-scopes',
    })
    await expect(ana.consent.receiveReceipt(await receipt('eve', eve, ['use']), eve.household)).rejects.toMatchObject({
      reason: 'unknown-grant',
    })
    await expect(ana.consent.receiveReceipt(await receipt('ben', ben, ['use']), eve.household)).rejects.toMatchObject({ reason: 'signer' })
    await expect(ana.consent.receiveReceipt(new Uint8Array(9), ben.household)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(ana.consent.grants()).toMatchObject([{ state: 'SCHEDULED' }])
    await ana.consent.receiveReceipt(await receipt('ben', ben, ['use']), ben.household)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
  })

  it('after the revocation revives nothing', async () => {
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await deliver(ana, ben)
    await ben.consent.accept(grant.id)
    await ana.consent.revoke(grant.id)
    await deliver(ben, ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'REVOKED' }])
  })
})

describe('a revocation that arrives', () => {
  const parts = async () => {
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    const offered = ana.consent.outbox()[0]!
    await ana.consent.revoke(grant.id)
    return { grant, offered, revoke: ana.consent.outbox()[0]!.bytes }
  }

  it.each(
    [
      ['grant', 'revoke'],
      ['revoke', 'grant'],
      ['revoke', 'grant', 'revoke', 'grant'],
      ['revoke', 'revoke', 'grant', 'grant'],
      ['grant', 'revoke', 'grant'],
    ].map((order) => [order]),
  )('leaves the same state in the order %s, across a restart', async (order) => {
    const { grant, offered, revoke } = await parts()
    for (const step of order) {
      if (step === 'grant') await ben.consent.receiveGrant(offered.bytes, offered.manifest!, ana.household)
      else await ben.consent.receiveRevoke(revoke, ana.household)
      ben = await ben.reopen()
    }
    expect(ben.consent.held()).toMatchObject([{ id: grant.id, state: 'REVOKED' }])
    expect((await ben.ledger.load()).held[0]?.ending).toEqual(revoke)
    expect((await ben.ledger.load()).earlyRevocations).toEqual([])
    await expect(ben.consent.accept(grant.id)).rejects.toMatchObject({ reason: 'offer-over' })
  })

  it('of another household touches nothing, before and after the grant', async () => {
    const eve = await side('eve', time)
    const { grant, offered } = await parts()
    const bytes = (
      await seal(
        revokeType,
        { iss: eve.household, dev: eve.device, grants: [grant.id], erasure: 'none', reason: null, at: 1, nonce: new Uint8Array(16) },
        await keyOf('eve'),
      )
    ).bytes
    await ben.consent.receiveRevoke(bytes, eve.household)
    await ben.consent.receiveGrant(offered.bytes, offered.manifest!, ana.household)
    await ben.consent.receiveRevoke(bytes, eve.household)
    expect(ben.consent.held()).toMatchObject([{ state: 'OFFERED' }])
    await expect(ben.consent.receiveRevoke(bytes, ana.household)).rejects.toMatchObject({ reason: 'signer' })
  })

  it('for grants that never came is kept only so many times, and one that is known is always taken', async () => {
    const grant = await activeGrant(ana, ben, time.nowMs())
    const revokeOf = async (ids: (typeof grant.id)[]) =>
      (
        await seal(
          revokeType,
          { iss: ana.household, dev: ana.device, grants: ids, erasure: 'none', reason: null, at: 1, nonce: new Uint8Array(16) },
          await keyOf('ana'),
        )
      ).bytes
    const ids = Array.from(
      { length: limits.earlyRevocationsPerContact + 1 },
      (_, n) =>
        `b${'a'.repeat(49)}${String.fromCharCode(97 + Math.floor(n / 26))}${String.fromCharCode(97 + (n % 26))}a` as typeof grant.id,
    )
    await ben.consent.receiveRevoke(await revokeOf(ids.slice(0, -1)), ana.household)
    await expect(ben.consent.receiveRevoke(await revokeOf(ids.slice(-1)), ana.household)).rejects.toMatchObject({ code: 'BUSY' })
    await ben.consent.receiveRevoke(await revokeOf([grant.id]), ana.household)
    expect(ben.consent.held()).toMatchObject([{ state: 'REVOKED' }])
  })
})

describe('our own asks', () => {
  it('are bounded for one contact, and lapse', async () => {
    const input = {
      to: ana.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: ['photos'], max: {} }],
      purposes: [],
      expMs: time.nowMs() + dayMs,
      why: 'x',
    }
    for (let n = 0; n < limits.asksPendingPerContact; n++) await ben.consent.createAsk(input)
    await expect(ben.consent.createAsk(input)).rejects.toMatchObject({ code: 'BUSY' })
    // One that reached nobody gives its place back, is sent no more, and ends once.
    const [first] = ben.consent.ownAsks()
    for (let n = 0; n < 2; n++) await ben.consent.withdrawAsk(first!.id)
    expect(ben.consent.ownAsks()[0]).toMatchObject({ id: first!.id, state: 'LAPSED' })
    expect(ben.consent.outbox().map(({ id }) => id)).not.toContain(first!.id)
    expect((await ben.consent.log()).filter(({ kind }) => kind === 'ask-withdrawn')).toHaveLength(1)
    await ben.consent.createAsk(input)
    time.setWallClock(time.nowMs() + limits.askLapseMs)
    time.advance(limits.expirySweepMs)
    for (let turn = 0; turn < 3; turn++) await ben.consent.verifyLog()
    expect(new Set(ben.consent.ownAsks().map(({ state }) => state))).toEqual(new Set(['LAPSED']))
    expect(ben.consent.outbox()).toEqual([])
    await expect(
      ben.consent.createAsk({ ...input, expMs: time.nowMs() + dayMs, why: 'x'.repeat(limits.whyChars + 1) }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})
