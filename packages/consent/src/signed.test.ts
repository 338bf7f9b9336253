import { bodyOfEnvelope } from '@porchlight/wire'
import { beforeEach, expect, it } from 'vitest'
import { factTypes } from './sync/fact-types.ts'
import { actScene, type ActScene } from './testing/acts.ts'
import { activeGrant, dayMs, deliver, sampleManifest, type Side } from './testing/index.ts'

let scene: ActScene
let ana: Side
let ben: Side

beforeEach(async () => {
  scene = await actScene()
  ;({ ana, ben } = scene)
})

const startSec = Date.UTC(2026, 10, 22) / 1000
const shown = { text: 'May.\n', lang: 'en' }
/** What the facts of one kind say: ids in words, bytes by their number, times from the start on. */
function said({ consent, household, device }: Side, kind: keyof typeof factTypes): object[] {
  const names = new Map<unknown, string>([
    [household, 'us'],
    [device, 'this device'],
    [device === ana.device ? ben.device : ana.device, 'their device'],
    [household === ana.household ? ben.household : ana.household, 'them'],
  ])
  const word = (key: string, value: unknown): unknown => {
    if (value instanceof Uint8Array) return `${value.byteLength} bytes`
    if (Array.isArray(value)) return value.map((each) => word('', each))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, word(name, each)]))
    if (typeof value === 'number' && value > 1e9) return `${key} + ${value - startSec}`
    return names.get(value) ?? (/^b[a-z2-7]{52}$/.test(String(value)) ? 'an id' : value)
  }
  return consent.siblings
    .facts(null)
    .facts.filter((fact) => fact.kind === kind)
    .map(({ bytes }) => word('', bodyOfEnvelope(factTypes[kind] as never, bytes)) as object)
}

it('what a household signs says exactly this', async () => {
  const later = () => scene.time.advance(1_000)
  const ask = await scene.asked()
  later()
  const denied = await scene.asked('music')
  await ana.consent.deny(denied)
  later()
  await ana.consent.approve(ask, {
    shown,
    expMs: scene.time.nowMs() + 5 * dayMs,
    scopes: [{ id: 'use', locations: ['photos/2026'], max: { streams: 2 } }],
  })
  await deliver(ana, ben)
  const given = await activeGrant(ana, ben, scene.time.nowMs(), 'films')
  const theirs = await activeGrant(ben, ana, scene.time.nowMs(), 'songs')
  later()
  await ana.consent.revoke(given.id, { reason: 'moved', erase: true })
  await ana.consent.renounce(theirs.id, { erased: true })
  await ana.consent.block(ben.household, sampleManifest.proto)
  await ana.consent.block(ben.household, null)
  await ana.consent.unblock(ben.household, sampleManifest.proto)
  await ana.consent.panic()
  await ana.consent.resume({ grants: [ana.consent.grants()[0]!.id] })
  expect(said(ana, 'deny')).toEqual([{ at: 'at + 1', ask: 'an id', dev: 'this device', iss: 'us', nonce: '16 bytes' }])
  expect(said(ana, 'grant')).toEqual([
    {
      ask: 'an id',
      aud: { household: 'them' },
      dev: 'this device',
      doc: 'an id',
      exp: 'exp + 432002',
      iss: 'us',
      nbf: 'nbf + 2',
      fresh: 604800,
      nonce: '16 bytes',
      shown: { hash: 'an id', lang: 'en' },
      onward: 'not-without-asking',
      renews: null,
      scopes: [{ id: 'use', max: { streams: 2 }, locations: ['photos/2026'] }],
      manifest: 'an id',
      purposes: [],
      introduce: 0,
      retention: 'unknown',
    },
    {
      ask: null,
      aud: { household: 'them' },
      dev: 'this device',
      doc: 'an id',
      exp: 'exp + 2592002',
      iss: 'us',
      nbf: 'nbf + 2',
      fresh: 604800,
      nonce: '16 bytes',
      shown: { hash: 'an id', lang: 'en' },
      onward: 'not-without-asking',
      renews: null,
      scopes: [{ id: 'use', max: {}, locations: ['films'] }],
      manifest: 'an id',
      purposes: ['dpv:ServiceProvision'],
      introduce: 0,
      retention: 'unknown',
    },
    {
      ask: null,
      aud: { household: 'us' },
      dev: 'their device',
      doc: 'an id',
      exp: 'exp + 2592002',
      iss: 'them',
      nbf: 'nbf + 2',
      fresh: 604800,
      nonce: '16 bytes',
      shown: { hash: 'an id', lang: 'en' },
      onward: 'not-without-asking',
      renews: null,
      scopes: [{ id: 'use', max: {}, locations: ['songs'] }],
      manifest: 'an id',
      purposes: ['dpv:ServiceProvision'],
      introduce: 0,
      retention: 'unknown',
    },
  ])
  expect(said(ana, 'given')).toEqual([
    {
      at: 'at + 2',
      app: null,
      dev: 'this device',
      how: 'click',
      iss: 'us',
      grant: 'an id',
      shown: { lang: 'en', text: '5 bytes' },
      blocks: [],
      persona: null,
      service: 'photos/2026',
    },
    {
      at: 'at + 2',
      app: null,
      dev: 'this device',
      how: 'click',
      iss: 'us',
      grant: 'an id',
      shown: { lang: 'en', text: '16 bytes' },
      blocks: [],
      persona: null,
      service: 'films',
    },
  ])
  expect(said(ana, 'revoke')).toEqual([
    { at: 'at + 3', dev: 'this device', iss: 'us', nonce: '16 bytes', grants: ['an id'], reason: 'moved', erasure: 'request' },
  ])
  expect(said(ana, 'renounce')).toEqual([
    { at: 'at + 3', dev: 'this device', iss: 'us', nonce: '16 bytes', erased: 'claimed', grants: ['an id'] },
  ])
  expect(said(ana, 'block')).toEqual([
    { at: 'at + 3', dev: 'this device', iss: 'us', nonce: '16 bytes', protocol: '/porchlight/share/1', household: 'them' },
    { at: 'at + 3', dev: 'this device', iss: 'us', nonce: '16 bytes', protocol: null, household: 'them' },
  ])
  expect(said(ana, 'unblock')).toEqual([
    { at: 'at + 2', dev: 'this device', iss: 'us', nonce: '16 bytes', blocks: ['an id'] },
    { at: 'at + 3', dev: 'this device', iss: 'us', nonce: '16 bytes', blocks: ['an id'] },
  ])
  expect(said(ana, 'pause')).toEqual([{ at: 'at + 3', dev: 'this device', iss: 'us', nonce: '16 bytes' }])
  expect(said(ana, 'resume')).toEqual([
    { at: 'at + 3', dev: 'this device', iss: 'us', nonce: '16 bytes', grants: ['an id'], pauses: ['an id'] },
  ])
  expect(said(ben, 'ask')).toEqual([
    {
      at: 'at + 0',
      to: 'them',
      dev: 'this device',
      exp: 'exp + 2592000',
      iss: 'us',
      nbf: 'nbf + 0',
      why: 'for the album',
      lapse: 'lapse + 2592000',
      nonce: '16 bytes',
      scopes: [{ id: 'use', max: {}, locations: ['photos'] }],
      counters: null,
      manifest: 'an id',
      purposes: [],
    },
    {
      at: 'at + 1',
      to: 'them',
      dev: 'this device',
      exp: 'exp + 2592001',
      iss: 'us',
      nbf: 'nbf + 1',
      why: 'for the album',
      lapse: 'lapse + 2592001',
      nonce: '16 bytes',
      scopes: [{ id: 'use', max: {}, locations: ['music'] }],
      counters: null,
      manifest: 'an id',
      purposes: [],
    },
  ])
  expect(said(ben, 'receipt')).toEqual([
    { at: 'at + 2', dev: 'this device', iss: 'us', grant: 'an id', accepts: ['use'], checkpoint: null },
    { at: 'at + 2', dev: 'this device', iss: 'us', grant: 'an id', accepts: ['use'], checkpoint: null },
    { at: 'at + 2', dev: 'their device', iss: 'them', grant: 'an id', accepts: ['use'], checkpoint: null },
  ])
})
