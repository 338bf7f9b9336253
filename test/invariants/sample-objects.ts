import {
  askType,
  auditType,
  blockType,
  denyType,
  eraseType,
  givenType,
  grantType,
  manifestType,
  pauseType,
  receiptType,
  renounceType,
  resumeType,
  revokeType,
  unblockType,
} from '@porchlight/consent'
import { householdOf, sampleManifest } from '@porchlight/consent/testing'
import { deviceIdOf, idOf, keyFromSeed, type SignedType } from '@porchlight/wire'

export const signer = await keyFromSeed(new Uint8Array(32).fill(7))
export const someObject = idOf(new Uint8Array([1]))

const head = { iss: householdOf('ana'), dev: deviceIdOf(signer) }
const nonce = new Uint8Array(16)
const scopes = [
  { id: 'use', locations: ['photos'], max: { bytesPerDay: 5, window: { days: [1, 5], from: 480, to: 1080, tz: 'Europe/Berlin' } } },
]
const when = { nbf: 1, exp: 2 }

/** One sound body of every type that households sign. */
export const sampleObjects: readonly { readonly type: SignedType<never>; readonly body: Readonly<Record<string, unknown>> }[] = [
  [manifestType, sampleManifest],
  [
    askType,
    {
      ...head,
      to: householdOf('ben'),
      manifest: someObject,
      scopes,
      purposes: [],
      ...when,
      why: 'for us',
      counters: null,
      nonce,
      at: 1,
      lapse: 2,
    },
  ],
  [
    grantType,
    {
      ...head,
      doc: someObject,
      aud: { household: householdOf('ben') },
      manifest: someObject,
      shown: { hash: someObject, lang: 'en' },
      scopes,
      purposes: [],
      ...when,
      fresh: 0,
      introduce: 0,
      retention: 'unknown',
      onward: 'unknown',
      ask: null,
      renews: null,
      nonce,
    },
  ],
  [receiptType, { grant: someObject, ...head, accepts: ['use'], at: 1, checkpoint: { dev: head.dev, size: 3, root: new Uint8Array(32) } }],
  [revokeType, { ...head, grants: [someObject], erasure: 'none', reason: null, at: 1, nonce }],
  [renounceType, { ...head, grants: [someObject], erased: 'no', at: 1, nonce }],
  [auditType, { dev: head.dev, n: 1, prev: null, at: 1, kind: 'grant', body: new Uint8Array(32) }],
  [
    givenType,
    {
      ...head,
      grant: someObject,
      how: 'click',
      app: null,
      persona: null,
      service: 'photos',
      blocks: [],
      shown: { text: new TextEncoder().encode('May open.'), lang: 'en' },
      at: 1,
    },
  ],
  [denyType, { ...head, ask: someObject, at: 1, nonce }],
  [blockType, { ...head, household: householdOf('ben'), protocol: '/porchlight/share/1', at: 1, nonce }],
  [unblockType, { ...head, blocks: [someObject], at: 1, nonce }],
  [eraseType, { ...head, over: [someObject], at: 1, nonce }],
  [pauseType, { ...head, at: 1, nonce }],
  [resumeType, { ...head, pauses: [someObject], grants: [], at: 1, nonce }],
].map(([type, body]) => ({ type: type as SignedType<never>, body: body as unknown as Record<string, unknown> }))
