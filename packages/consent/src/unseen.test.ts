import { limits, type ManifestBody } from '@porchlight/core'
import { keyFromSeed, open, seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { askType, grantType, manifestType, type AskBody, type GrantBody } from './objects/index.ts'
import { callOf, offerTo, sampleManifest, twoSides, type ManualTime, type Side } from './testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
const shown = { text: 'Ben may look at the weather.\n', lang: 'en' }

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
  ana.consent.addManifest(sampleManifest)
})

const keyOfBen = () => {
  const seed = new Uint8Array(32)
  seed.set(new TextEncoder().encode('ben'))
  return keyFromSeed(seed)
}

const nowSec = () => Math.floor(time.nowMs() / 1000)

/** Ben's ask, signed as he likes. */
async function sendAsk(change: Partial<AskBody>): Promise<void> {
  const body: AskBody = {
    iss: ben.household,
    dev: ben.device,
    to: ana.household,
    manifest: ana.consent.addManifest(sampleManifest),
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    purposes: [],
    nbf: nowSec(),
    exp: nowSec() + 86_400,
    why: '',
    counters: null,
    nonce: new Uint8Array(16),
    at: nowSec(),
    lapse: nowSec() + 86_400,
    ...change,
  }
  const { bytes } = await seal(askType, body, await keyOfBen())
  const received = ana.consent.receiveAsk(bytes, ben.household)
  time.advance(limits.askAnswerMs)
  await received
}

/** Ben's offer to Ana, signed as he likes. */
async function sendOffer(manifest: ManifestBody, change: Partial<GrantBody> = {}): Promise<void> {
  const key = await keyOfBen()
  const sealed = await seal(manifestType, manifest, key)
  const made = await ben.consent.offer(offerTo(ana, time.nowMs()))
  const { bytes } = ben.consent.outbox(ana.household).find(({ id }) => id === made.id)!
  const opened = await open(grantType, bytes)
  if (!opened.ok) throw new Error(opened.because)
  const grant = await seal(grantType, { ...opened.object.body, manifest: sealed.id, ...change }, key)
  await ana.consent.receiveGrant(grant.bytes, sealed.bytes, ben.household)
}

/** The sample's protocol and scopes behind harmless words. */
const harmless: ManifestBody = { ...sampleManifest, title: { en: '{contact} looks at the weather', de: 'Wetter' } }

describe('an ask whose card would not say all of it', () => {
  it('under a text that the asker once sent with an offer of its own is dropped: only our own texts are shown to us', async () => {
    await sendOffer(harmless)
    const { id } = await seal(manifestType, harmless, await keyOfBen())
    await sendAsk({ manifest: id })
    expect(ana.consent.asks()).toEqual([])
  })

  it('that is approved under a text which is not served any more gives nothing', async () => {
    await sendAsk({})
    await ana.consent.offer(offerTo(ben, time.nowMs()))
    const later = await ana.reopen()
    await expect(later.consent.approve(ana.consent.asks()[0]!.id, { shown })).rejects.toMatchObject({ reason: 'unknown-manifest' })
    expect(later.consent.admit(callOf(ben)).allow).toBe(false)
  })

  it.each<[string, Partial<AskBody>]>([
    ['for a second room behind the first', { scopes: [{ id: 'use', locations: ['photos', 'bank'], max: {} }] }],
    [
      'for another room with another scope',
      {
        scopes: [
          { id: 'use', locations: ['photos'], max: {} },
          { id: 'upload', locations: ['bank'], max: {} },
        ],
      },
    ],
    [
      'for a room whose name is longer than a card shows',
      { scopes: [{ id: 'use', locations: ['p'.repeat(limits.petnameChars + 1)], max: {} }] },
    ],
    ['until a day that no calendar has', { nbf: 9e12, exp: 9e12 + 1 }],
  ])('%s is dropped', async (_what, change) => {
    await sendAsk(change)
    expect(ana.consent.asks()).toEqual([])
  })
})

describe('an offer', () => {
  it.each<[string, ManifestBody, Partial<GrantBody>]>([
    [
      'for a room whose name no card shows',
      sampleManifest,
      { scopes: [{ id: 'use', locations: ['p'.repeat(limits.petnameChars + 1)], max: {} }] },
    ],
    ['until a day that no calendar has', sampleManifest, { nbf: 9e12, exp: 9e12 + 1 }],
    ['in a language that is none', inLanguage('en-aa-bb'), {}],
  ])('%s is refused', async (_what, manifest, change) => {
    await expect(sendOffer(manifest, change)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(ana.consent.held()).toEqual([])
  })
})

function inLanguage(lang: string): ManifestBody {
  const only = <T extends Readonly<Record<string, string>>>(text: T) => ({ [lang]: text['en']! })
  return {
    ...sampleManifest,
    langs: [lang],
    title: only(sampleManifest.title),
    say: Object.fromEntries(Object.entries(sampleManifest.say).map(([key, text]) => [key, only(text)])) as ManifestBody['say'],
    scopes: sampleManifest.scopes.map((scope) => ({ ...scope, say: only(scope.say) })),
  }
}
