import { deviceId, householdId, limits } from '@porchlight/core'
import { encodeCanonical } from '@porchlight/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64url, toBase64url } from './base64url.ts'
import { decodeInvite, encodeInvite, type InviteData } from './invite-link.ts'

const nowSec = 1_800_000_000
const full: InviteData = {
  device: deviceId('12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'),
  household: householdId(`b${'a'.repeat(52)}`),
  addresses: ['/ip4/192.168.1.20/tcp/4001', '/ip6/fd00::1/tcp/4001'],
  relays: ['/dns4/relay.example/tcp/443/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'],
  bootstraps: [],
  secret: new Uint8Array(16).fill(3),
  exp: nowSec + 60,
  name: 'Ana & Tom',
}
const reason = (act: () => unknown): string => {
  try {
    act()
    return 'accepted'
  } catch (error) {
    return (error as { reason?: string; code: string }).reason ?? (error as { code: string }).code
  }
}
const raw = (change: Record<string, unknown>): string => `porchlight:invite/${toBase64url(encodeCanonical({ ...full, v: 1, ...change }))}`

describe('an invite link', () => {
  it('carries everything there and back, with and without a name', () => {
    const { name: _, ...nameless } = full
    expect(decodeInvite(encodeInvite(full), nowSec)).toEqual(full)
    expect(decodeInvite(`\n ${encodeInvite(nameless)} `, nowSec)).toEqual(nameless)
  })

  it('with as many addresses as may be still fits a QR code', () => {
    const addresses = new Array(limits.addressesPerHousehold)
      .fill(0)
      .map((_, n) => `/ip6/2001:db8:1234:5678:9abc:def0:1234:56${n + 10}/tcp/40001`)
    expect(encodeInvite({ ...full, addresses }).length).toBeLessThanOrEqual(2953)
  })

  it('that would not fit a QR code is not made', () => {
    const addresses = new Array(12).fill(`/dns4/${'x'.repeat(200)}/tcp/1`)
    expect(reason(() => encodeInvite({ ...full, addresses }))).toBe('TOO_LARGE')
  })

  it('is refused from the second of its expiry', () => {
    expect(reason(() => decodeInvite(encodeInvite(full), full.exp - 1))).toBe('accepted')
    expect(reason(() => decodeInvite(encodeInvite(full), full.exp))).toBe('invite-expired')
  })

  it.each<[string, Record<string, unknown>]>([
    ['a field nobody knows', { extra: 1 }],
    ['another version', { v: 2 }],
    ['a short secret', { secret: new Uint8Array(15) }],
    ['a bad device id', { device: 'Qm' }],
    ['a bad household id', { household: 'b' }],
    ['an address that is none', { addresses: ['http://example'] }],
    ['an address with a space', { addresses: ['/dns4/a b/tcp/1'] }],
    ['too many addresses', { addresses: new Array(13).fill('/ip4/1.2.3.4/tcp/1') }],
    ['a name that is too long', { name: 'x'.repeat(limits.petnameChars + 1) }],
    ['an untrimmed name', { name: ' Ana' }],
  ])('with %s is refused', (_, change) => {
    expect(reason(() => decodeInvite(raw(change), nowSec))).toBe('invite-fields')
  })

  it('with a name that carries bidirectional controls is refused', () => {
    expect(reason(() => decodeInvite(raw({ name: 'a\u202eb' }), nowSec))).toBe('invite-link')
  })

  it.each([
    ['another scheme of the same length', (link: string) => link.replace('porchlight:', 'porchlight-')],
    ['another scheme', (link: string) => link.replace('porchlight:', 'https:')],
    ['padding', (link: string) => `${link}=`],
    ['a character of another alphabet', (link: string) => link.replace(/.$/, '+')],
    ['white space inside', (link: string) => `${link.slice(0, 40)} ${link.slice(40)}`],
    ['a byte after its end', (link: string) => `porchlight:invite/${toBase64url(Uint8Array.of(...fromBase64url(link.slice(18)), 0))}`],
  ])('with %s is refused', (_, change) => {
    expect(reason(() => decodeInvite(change(encodeInvite(full)), nowSec))).toBe('invite-link')
  })

  it('of any length is refused before it is decoded', () => {
    expect(reason(() => decodeInvite(`porchlight:invite/${'A'.repeat(5_000_000)}`, nowSec))).toBe('TOO_LARGE')
  })

  it('cut short anywhere is refused', () => {
    const link = encodeInvite(full)
    for (let length = 0; length < link.length; length += 1)
      expect(reason(() => decodeInvite(link.slice(0, length), nowSec))).toBe('invite-link')
  })

  it('of random text never throws anything but our own refusals', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        ['invite-link', 'invite-fields'].includes(reason(() => decodeInvite(`porchlight:invite/${toBase64url(bytes)}`, nowSec))),
      ),
    )
  })
})

describe('a refusal of an invite link', () => {
  const link = encodeInvite(full)
  it.each<[string, () => unknown, object]>([
    [
      'not a link',
      () => decodeInvite('hello', nowSec),
      { code: 'BAD_REQUEST', message: 'not an invite link: it begins with porchlight:invite/' },
    ],
    ['damaged letters', () => decodeInvite(`${link}=`, nowSec), { message: 'the invite link is damaged: copy all of it' }],
    ['half of it', () => decodeInvite(link.slice(0, 80), nowSec), { message: 'the invite link is damaged: copy all of it' }],
    [
      'a newer one',
      () => decodeInvite(raw({ v: 2 }), nowSec),
      { message: 'the invite was made by a version that this one does not understand' },
    ],
    ['an old one', () => decodeInvite(link, full.exp), { message: 'the invite has expired: ask for a new one' }],
    [
      'a long one',
      () => decodeInvite(`porchlight:invite/${'A'.repeat(9_000)}`, nowSec),
      { code: 'TOO_LARGE', message: 'invite link of 9018 characters' },
    ],
    [
      'fields that are none',
      () => encodeInvite({ ...full, secret: new Uint8Array(15) }),
      { code: 'BAD_REQUEST', reason: 'invite-fields', message: expect.stringMatching(/^not an invite: .*secret/s) },
    ],
  ])('says what a person can do about it: %s', (_what, act, error) => expect(act).toThrow(expect.objectContaining(error)))

  it('comes only past the limit: an invite of exactly so many bytes is made, and read', () => {
    const addresses = Array.from({ length: limits.addressesPerHousehold }, () => `/dns4/${'x'.repeat(limits.addressChars - 20)}`)
    const padded = (chars: number): InviteData => ({ ...full, relays: [], addresses: [...fits, `/dns4/${'x'.repeat(chars)}`] })
    const bytesOf = (invite: InviteData): number => encodeCanonical({ ...invite, v: 1 }).byteLength
    const fits: string[] = []
    while (bytesOf({ ...full, relays: [], addresses: [...fits, addresses[0]!] }) < limits.inviteLimitBytes) fits.push(addresses[0]!)
    let chars = 100
    while (bytesOf(padded(chars)) < limits.inviteLimitBytes) chars += 1
    expect(bytesOf(padded(chars))).toBe(limits.inviteLimitBytes)
    expect(decodeInvite(encodeInvite(padded(chars)), nowSec)).toEqual(padded(chars))
    expect(() => encodeInvite(padded(chars + 1))).toThrow(
      expect.objectContaining({
        code: 'TOO_LARGE',
        message: `invite of ${limits.inviteLimitBytes + 1} bytes, limit ${limits.inviteLimitBytes}`,
      }),
    )
  })
})
