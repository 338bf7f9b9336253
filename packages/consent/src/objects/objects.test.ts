import { limits } from '@porchlight/core'
import { generateKey, idOf, open, payloadOf, seal, type SignedType } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { askType, auditType, grantType, manifestType, receiptType, renounceType, revokeType } from './index.ts'
import { householdOf, sampleManifest } from '../testing/index.ts'

const object = idOf(new Uint8Array([1]))
const dev = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
const iss = householdOf('ana')
const nonce = new Uint8Array(16)
const scopes = [{ id: 'use', locations: ['photos'], max: {} }]

/** One sound body for each type, as plain values. */
const sound: Record<string, { type: SignedType<never>; body: Record<string, unknown> }> = {
  manifest: { type: manifestType as never, body: { ...sampleManifest } },
  ask: {
    type: askType as never,
    body: {
      iss,
      dev,
      to: householdOf('ben'),
      manifest: object,
      scopes,
      purposes: [],
      nbf: 1,
      exp: 2,
      why: '',
      counters: null,
      nonce,
      at: 1,
      lapse: 2,
    },
  },
  grant: {
    type: grantType as never,
    body: {
      iss,
      dev,
      doc: object,
      aud: { household: householdOf('ben') },
      manifest: object,
      shown: { hash: object, lang: 'en' },
      scopes,
      purposes: [],
      nbf: 1,
      exp: 2,
      fresh: 0,
      introduce: 0,
      retention: 'unknown',
      onward: 'unknown',
      ask: null,
      renews: null,
      nonce,
    },
  },
  receipt: { type: receiptType as never, body: { grant: object, iss, dev, accepts: ['use'], at: 1, checkpoint: null } },
  revoke: { type: revokeType as never, body: { iss, dev, grants: [object], erasure: 'none', reason: null, at: 1, nonce } },
  renounce: { type: renounceType as never, body: { iss, dev, grants: [object], erased: 'no', at: 1, nonce } },
  audit: { type: auditType as never, body: { dev, n: 1, prev: null, at: 1, kind: 'grant', body: new Uint8Array(32) } },
}
const names = Object.keys(sound)

/** Signs whatever it is given, as a hostile peer would. */
async function forge(t: string, fields: Record<string, unknown>): Promise<Uint8Array> {
  return (await seal({ t, v: 1, schema: z.any(), limitBytes: limits.manifestLimitBytes }, fields, await generateKey())).bytes
}

describe.each(names)('a %s', (name) => {
  const { type, body } = sound[name]!

  it('that is sound is read as it was written', async () => {
    const sealed = await seal(type, body as never, await generateKey())
    const opened = await open(type, sealed.bytes)
    expect(opened).toMatchObject({ ok: true, object: { id: sealed.id } })
    expect(opened.ok && payloadOf(type, opened.object.body)).toEqual(payloadOf(type, body as never))
  })

  it('with one field more or one field less is not read at all', async () => {
    expect(await open(type, await forge(name, { ...body, caveat: 1 }))).toEqual({ ok: false, because: 'schema' })
    for (const key of Object.keys(body)) {
      const { [key]: _left, ...rest } = body
      expect(await open(type, await forge(name, rest)), `without ${key}`).toEqual({ ok: false, because: 'schema' })
    }
  })

  it('is not read as any other type', async () => {
    const { bytes } = await seal(type, body as never, await generateKey())
    for (const other of names.filter((candidate) => candidate !== name))
      expect(await open(sound[other]!.type, bytes)).toEqual({ ok: false, because: 'type' })
  })
})

describe('a body', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['grant', 'without an end', { exp: null }],
    ['grant', 'with a limit that this version does not know', { scopes: [{ id: 'use', locations: ['photos'], max: { perYear: 1 } }] }],
    ['grant', 'with a limit of nothing', { scopes: [{ id: 'use', locations: ['photos'], max: { streams: 0 } }] }],
    ['grant', 'with no scope', { scopes: [] }],
    ['grant', 'with a scope without a location', { scopes: [{ id: 'use', locations: [], max: {} }] }],
    ['grant', 'with one scope twice', { scopes: [...scopes, ...scopes] }],
    ['grant', 'with a location that climbs', { scopes: [{ id: 'use', locations: ['photos/../mail'], max: {} }] }],
    ['grant', 'with an encoded slash', { scopes: [{ id: 'use', locations: ['photos%2fmail'], max: {} }] }],
    ['grant', 'for an audience with an extra condition', { aud: { household: iss, role: 'steward' } }],
    ['grant', 'with a time before 1970', { nbf: -1 }],
    ['grant', 'with a short nonce', { nonce: new Uint8Array(15) }],
    ['grant', 'by something that is no household', { iss: 'ana' }],
    ['ask', 'with a reason that is too long', { why: 'x'.repeat(limits.whyChars + 1) }],
    ['revoke', 'of nothing', { grants: [] }],
    ['revoke', 'of too many grants', { grants: Array.from({ length: limits.grantsPerRevocation + 1 }, () => object) }],
    ['audit', 'with the number 0', { n: 0 }],
    ['manifest', 'with a protocol id that is none', { proto: 'share' }],
    ['manifest', 'with automation of an unknown kind', { automation: 'some' }],
  ])('of a %s %s is not read', async (name, _what, change) => {
    expect(await open(sound[name]!.type, await forge(name, { ...sound[name]!.body, ...change }))).toEqual({ ok: false, because: 'schema' })
  })

  it('with a deceptive character cannot be made (nor read, as the tests of wire show)', async () => {
    await expect(forge('ask', { ...sound['ask']!.body, why: 'photos\u202eexe' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('text'),
    })
  })

  it.each([limits.whyChars - 1, limits.whyChars])('of an ask with a reason of %s characters is read', async (length) => {
    expect((await open(askType, await forge('ask', { ...sound['ask']!.body, why: '😀'.repeat(length) }))).ok).toBe(true)
  })
})
