import type { ObjectId } from '@porchlight/core'
import { idOf, open, seal } from '@porchlight/wire'
import { beforeEach, expect, it } from 'vitest'
import { grantType, manifestType, type GrantBody } from '../objects/index.ts'
import { dayMs, keyOf, offerTo, sampleManifest, side, twoSides, type ManualTime, type Side } from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
let ask: ObjectId
let grantWith: (change?: Partial<GrantBody>) => Promise<{ bytes: Uint8Array; manifest: Uint8Array }>
let endSec: number

/** Ben has asked Ana for photos for thirty days from now on; she can sign any grant as the answer. */
beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
  ask = (
    await ben.consent.createAsk({
      to: ana.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: ['photos'], max: {} }],
      purposes: ['dpv:ServiceProvision'],
      expMs: time.nowMs() + 30 * dayMs,
      why: '',
    })
  ).id
  await ana.consent.offer(offerTo(ben, time.nowMs()))
  const entry = ana.consent.outbox()[0]!
  const opened = await open(grantType, entry.bytes)
  if (!opened.ok) throw new Error(opened.because)
  const { body } = opened.object
  endSec = body.exp
  grantWith = async (change = {}) => ({
    bytes: (await seal(grantType, { ...body, ask, ...change }, await keyOf('ana'))).bytes,
    manifest: entry.manifest!,
  })
})

const stateAfter = async ({ bytes, manifest }: { bytes: Uint8Array; manifest: Uint8Array }) =>
  (await ben.consent.receiveGrant(bytes, manifest, ana.household)).state
const receipts = () => ben.consent.outbox().filter(({ kind }) => kind === 'receipt')

it('exactly what we asked for is held at once, with a receipt', async () => {
  expect(await stateAfter(await grantWith())).toBe('HELD')
  expect(receipts()).toHaveLength(1)
  expect(ben.consent.ownAsks()).toMatchObject([{ state: 'ANSWERED' }])
})

it.each<[string, (now: { nowSec: number }) => Partial<GrantBody>]>([
  ['ends sooner', () => ({ exp: endSec - 1 })],
  ['begins later', ({ nowSec }) => ({ nbf: nowSec + 60 })],
  ['has fewer purposes', () => ({ purposes: [] })],
  ['has a narrower place', () => ({ scopes: [{ id: 'use', locations: ['photos/2026'], max: {} }] })],
])('what %s than we asked for is held at once too', async (_what, change) => {
  expect(await stateAfter(await grantWith(change({ nowSec: Math.floor(time.nowMs() / 1000) })))).toBe('HELD')
})

it.each<[string, (now: { nowSec: number }) => Partial<GrantBody>]>([
  ['ends later', () => ({ exp: endSec + 1 })],
  ['begins sooner', ({ nowSec }) => ({ nbf: nowSec - 1 })],
  ['has another place', () => ({ scopes: [{ id: 'use', locations: ['music'], max: {} }] })],
  ['has one more scope', () => ({ scopes: ['use', 'upload'].map((id) => ({ id, locations: ['photos'], max: {} })) })],
  ['answers nothing', () => ({ ask: null })],
  ['answers what was never asked', () => ({ ask: idOf(new TextEncoder().encode('never')) })],
])('what %s waits for a person', async (_what, change) => {
  expect(await stateAfter(await grantWith(change({ nowSec: Math.floor(time.nowMs() / 1000) })))).toBe('OFFERED')
  expect(receipts()).toEqual([])
})

it('what has a purpose that we did not ask for waits for a person', async () => {
  const plain = await ben.consent.createAsk({
    to: ana.household,
    manifest: sampleManifest,
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    purposes: [],
    expMs: time.nowMs() + 30 * dayMs,
    why: '',
  })
  expect(await stateAfter(await grantWith({ ask: plain.id }))).toBe('OFFERED')
})

it('what has another text than we asked under waits for a person', async () => {
  const other = await seal(manifestType, { ...sampleManifest, retention: 'for ever' }, await keyOf('ana'))
  const { bytes } = await grantWith({ manifest: other.id, retention: 'for ever' })
  expect(await stateAfter({ bytes, manifest: other.bytes })).toBe('OFFERED')
})

it('a second answer to one ask waits for a person, and so does an answer of somebody else', async () => {
  expect(await stateAfter(await grantWith())).toBe('HELD')
  expect(await stateAfter(await grantWith({ nonce: new Uint8Array(16).fill(9) }))).toBe('OFFERED')
  expect(receipts()).toHaveLength(1)
  const eve = await side('eve', time)
  const theirs = await eve.consent.offer(offerTo(ben, time.nowMs()))
  const entry = eve.consent.outbox().find(({ id }) => id === theirs.id)!
  const opened = await open(grantType, entry.bytes)
  if (!opened.ok) throw new Error(opened.because)
  const forged = await seal(grantType, { ...opened.object.body, ask }, await keyOf('eve'))
  expect((await ben.consent.receiveGrant(forged.bytes, entry.manifest!, eve.household)).state).toBe('OFFERED')
})
