import { limits } from '@porchlight/core'
import { askType, grantType, manifestType } from '@porchlight/consent'
import type { HouseholdNode } from '@porchlight/node'
import { deviceIdOf, idOfBody, open, seal, type SigningKey } from '@porchlight/wire'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { envelopeOf, partsOf } from '../invariants/envelope.ts'
import { Attacker, noted, refused } from './attacker.ts'
import { dayMs, hall, hallManifest, pair, serveHall, Street } from './victim.ts'

const sec = (): number => Math.floor(Date.now() / 1000)

describe('objects that no honest household would sign', () => {
  let street: Street
  let ana: HouseholdNode
  let mal: HouseholdNode
  let key: SigningKey
  let attacker: Attacker

  beforeAll(async () => {
    street = await Street.make()
    ;[ana, mal] = [await street.start('ana'), await street.start('mal')]
    serveHall(ana)
    ana.knowManifest(hallManifest)
    await pair(ana, mal, { guest: 'mal', owner: 'ana' })
    key = await street.takeOver('mal')
    attacker = await Attacker.dial(ana.status().addresses[0]!, key)
  })
  afterAll(async () => {
    await attacker[Symbol.asyncDispose]()
    await street[Symbol.asyncDispose]()
  })

  const manifest = () => seal(manifestType, hallManifest, key)
  const grantBody = (change: Record<string, unknown> = {}) => ({
    iss: mal.household,
    dev: deviceIdOf(key),
    doc: idOfBody(manifestType, hallManifest),
    aud: { household: ana.household },
    manifest: idOfBody(manifestType, hallManifest),
    shown: { hash: idOfBody(manifestType, hallManifest), lang: 'en' },
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    purposes: [],
    nbf: sec(),
    exp: sec() + 86_400,
    fresh: 0,
    introduce: 0,
    retention: hallManifest.retention,
    onward: hallManifest.onward,
    ask: null,
    renews: null,
    nonce: crypto.getRandomValues(new Uint8Array(16)),
    ...change,
  })
  const forge = (t: string, body: Record<string, unknown>) =>
    seal({ t, v: 1, schema: z.any(), limitBytes: limits.manifestLimitBytes }, body, key)
  const offers = (): number => ana.asks().filter(({ kind }) => kind === 'offer').length

  test('the sound offer that all of these are made from is taken', async () => {
    const before = offers()
    expect(await attacker.tell('offer', (await seal(grantType, grantBody() as never, key)).bytes, (await manifest()).bytes)).toBe(noted)
    await vi.waitFor(() => expect(offers()).toBe(before + 1))
  })

  test.each<[string, Record<string, unknown>]>([
    ['a caveat that this version does not know', { notOnSundays: true }],
    ['a limit that this version does not know', { scopes: [{ id: 'use', locations: ['photos'], max: { perYear: 1 } }] }],
    ['an audience with one more condition', { aud: { household: 'x', onlyAdults: true } }],
    ['no end', { exp: null }],
    ['an end in ten years', { exp: sec() + 3650 * 86_400 }],
    ['a scope that its manifest does not have', { scopes: [{ id: 'root', locations: ['photos'], max: {} }] }],
    ['a room that climbs', { scopes: [{ id: 'use', locations: ['photos/..'], max: {} }] }],
    ['another household as its audience', { aud: { household: `b${'a'.repeat(52)}` } }],
    ['another manifest than the one beside it', { manifest: `b${'a'.repeat(52)}` }],
    ['another household as its issuer', { iss: `b${'a'.repeat(52)}` }],
  ])('an offer with %s is dropped, and the answer says nothing', async (_what, change) => {
    const before = offers()
    expect(await attacker.tell('offer', (await forge('grant', grantBody(change))).bytes, (await manifest()).bytes)).toBe(noted)
    expect(offers()).toBe(before)
  })

  test('a signature made for one type is taken for no other', async () => {
    const before = offers()
    const sound = partsOf((await seal(grantType, grantBody() as never, key)).bytes)
    for (const t of ['ask', 'receipt', 'revoke', 'document', 'audit', 'manifest']) {
      const crossed = partsOf((await forge(t, grantBody())).bytes)
      const borrowed = envelopeOf({ ...sound, signature: crossed.signature })
      const relabelled = envelopeOf({ ...crossed, payloadType: sound.payloadType })
      for (const bytes of [borrowed, relabelled, envelopeOf(crossed)])
        expect(await attacker.tell('offer', bytes, (await manifest()).bytes)).toBe(noted)
    }
    expect(offers()).toBe(before)
  })

  test('a manifest that is swapped after consent changes neither the grant nor what was shown', async () => {
    const body = grantBody()
    const sealed = await seal(grantType, body as never, key)
    await attacker.tell('offer', sealed.bytes, (await manifest()).bytes)
    const offer = await vi.waitFor(() => ana.asks().find(({ id }) => id === sealed.id)!, 5000)
    await ana.approve(offer.id, { shown: offer.card.hash })
    const worse = { ...hallManifest, say: { ...hallManifest.say, keep: { en: 'Everything, for ever.', de: 'Alles, für immer.' } } }
    const swapped = await seal(manifestType, worse, key)
    expect(await attacker.tell('offer', sealed.bytes, swapped.bytes)).toBe(noted)
    expect(
      await attacker.tell(
        'offer',
        (await seal(grantType, grantBody({ manifest: swapped.id, renews: sealed.id }) as never, key)).bytes,
        swapped.bytes,
      ),
    ).toBe(noted)
    expect(ana.grants().find(({ id }) => id === sealed.id)?.state).toBe('ACTIVE')
    // An ask that names a text which ana does not serve is not shown to her at all.
    const asks = ana.asks().filter(({ kind }) => kind === 'ask').length
    const ask = await seal(
      askType,
      {
        iss: mal.household,
        dev: deviceIdOf(key),
        to: ana.household,
        manifest: swapped.id,
        scopes: body.scopes,
        purposes: [],
        nbf: sec(),
        exp: sec() + 60,
        why: 'the new text',
        counters: null,
        nonce: new Uint8Array(16),
        at: sec(),
        lapse: sec() + 60,
      },
      key,
    )
    expect(await attacker.tell('ask', ask.bytes, swapped.bytes)).toBe(noted)
    expect(ana.asks().filter(({ kind }) => kind === 'ask')).toHaveLength(asks)
  })

  test('bombs are refused in less than 5 ms each, and the node goes on', async () => {
    const nested = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte)
    const payloads = {
      'lists in lists': nested(0x81, limits.objectLimitBytes - 1),
      'maps in maps': Uint8Array.from({ length: limits.objectLimitBytes - 1 }, (_, at) => (at % 2 === 0 ? 0xa1 : 0x60)),
      'a list of 2^32 items': Uint8Array.of(0x9a, 0xff, 0xff, 0xff, 0xff),
      'a text of 2^63 bytes': Uint8Array.of(0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      'an endless list': nested(0x9f, limits.objectLimitBytes - 1),
      'tags in tags': nested(0xc1, limits.objectLimitBytes - 1),
      noise: crypto.getRandomValues(new Uint8Array(limits.objectLimitBytes - 1)),
    }
    const sound = partsOf((await seal(grantType, grantBody() as never, key)).bytes)
    for (const [name, payload] of Object.entries(payloads)) {
      const signed = envelopeOf({ ...sound, payload, signature: await key.sign(signedBytes(payload)) })
      const times: number[] = []
      for (let n = 0; n < 9; n += 1) {
        const startMs = performance.now()
        expect((await open(grantType, signed)).ok, name).toBe(false)
        times.push(performance.now() - startMs)
      }
      expect(times.toSorted((a, b) => a - b)[4], name).toBeLessThan(5)
      expect(await attacker.tell('offer', signed, (await manifest()).bytes)).toBe(noted)
    }
    const oversize = new Uint8Array(limits.objectLimitBytes + limits.envelopeOverheadBytes + 1)
    expect(await attacker.tell('offer', oversize, (await manifest()).bytes)).not.toBe(noted)
    expect(await attacker.tell('receipt', (await forge('receipt', { iss: 'x' })).bytes)).toBe(noted)
    expect(ana.status().alarms).toEqual([])
  })

  function signedBytes(payload: Uint8Array): Uint8Array {
    const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))])
    const text = (value: string): number[] => [...new TextEncoder().encode(value)]
    const domain = text('porchlight/grant/1')
    const type = text('/porchlight/grant')
    return Uint8Array.from([
      ...varint(domain.length),
      ...domain,
      ...varint(type.length),
      ...type,
      ...varint(payload.byteLength),
      ...payload,
    ])
  }

  test('a flood of asks fills the quota of its sender and no more, and another contact still gets through', async () => {
    const eva = await street.start('eva')
    eva.knowManifest(hallManifest)
    await pair(ana, eva, { guest: 'eva', owner: 'ana' })
    const entries = (await ana.log()).length
    for (let n = 0; n < 300; n += 1) {
      const ask = await seal(
        askType,
        {
          iss: mal.household,
          dev: deviceIdOf(key),
          to: ana.household,
          manifest: idOfBody(manifestType, hallManifest),
          scopes: [{ id: 'use', locations: [`room${n}`], max: {} }],
          purposes: [],
          nbf: sec(),
          exp: sec() + 86_400,
          why: `please ${n}`,
          counters: null,
          nonce: crypto.getRandomValues(new Uint8Array(16)),
          at: sec(),
          lapse: sec() + 86_400,
        },
        key,
      )
      // Some are answered one by one, the rest come all at once: what is too much for one device is refused, the rest noted.
      const telling = attacker.tell('ask', ask.bytes).catch(() => 'closed')
      if (n % 10 === 0) expect([noted, refused]).toContain(await telling)
    }
    expect(
      ana
        .asks()
        .filter(({ household }) => household === mal.household)
        .filter(({ kind }) => kind === 'ask').length,
    ).toBeLessThanOrEqual(limits.asksPendingPerContact)
    expect((await ana.log()).length - entries).toBeLessThan(50)
    const { id } = await eva.ask({
      to: 'ana',
      protocol: hall.id,
      location: 'garden',
      scopes: ['use'],
      expMs: Date.now() + dayMs,
      why: 'tea',
    })
    await vi.waitFor(() => expect(ana.asks().some((ask) => ask.id === id)).toBe(true), 5000)
  })

  test('a device whose key is not Ed25519 is nobody: it is not let in, and the node goes on', async () => {
    for (const kind of ['secp256k1', 'ECDSA'] as const) {
      const foreign = await generateKeyPair(kind)
      const answer = await Attacker.dial(ana.status().addresses[0]!, foreign).then(
        async (peer) => {
          await using open = peer
          return await open.call({ protocol: hall.id, method: 'look', location: 'photos' }).catch(() => 'closed')
        },
        () => 'closed',
      )
      expect(['closed', refused]).toContain(answer)
    }
    expect(await attacker.tell('receipt', (await forge('receipt', { iss: 'x' })).bytes)).toBe(noted)
  })
})
