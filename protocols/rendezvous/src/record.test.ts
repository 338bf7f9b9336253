import { limits } from '@porchlight/core'
import { deviceIdOf, keyFromSeed, type SigningKey } from '@porchlight/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayKeys, dayOf, pairSecret } from './day-keys.ts'
import { rendezvous as messages } from './generated/rendezvous.ts'
import { checkRecord, makeRecord, openRecord } from './record.ts'

const [ana, ben, eve] = (await Promise.all([1, 2, 3].map((fill) => keyFromSeed(new Uint8Array(32).fill(fill))))) as [
  SigningKey,
  SigningKey,
  SigningKey,
]
const [idA, idB] = [deviceIdOf(ana), deviceIdOf(ben)]
const day = dayOf(Date.UTC(2026, 10, 22))
const addresses = ['/ip4/192.0.2.1/tcp/4001', '/ip6/2001:db8::1/tcp/4001']
const keys = dayKeys(pairSecret(ana, idB), day, idA)
const nonce = new Uint8Array(12).fill(9)
const made = makeRecord(keys, { seq: 1_800_000_000_000, addresses, nonce })
const because = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return String((error as { reason?: string }).reason)
  }
  return 'fine'
}

describe('the keys of a day', () => {
  test('are the same for the one who writes and the one who reads', () => {
    expect(openRecord(dayKeys(pairSecret(ben, idA), day, idA), made)).toEqual({ seq: 1_800_000_000_000, addresses })
  })

  test('are others for the other direction, for the next day and for every other pair', () => {
    const all = [
      keys,
      dayKeys(pairSecret(ana, idB), day, idB),
      dayKeys(pairSecret(ana, idB), day + 1, idA),
      dayKeys(pairSecret(eve, idB), day, idA),
      dayKeys(pairSecret(eve, idA), day, idA),
    ].map(({ key }) => Buffer.from(key).toString('hex'))
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('a record', () => {
  test('has the same length whatever the addresses, as long as there are few', () => {
    const lengths = [[], addresses, new Array<string>(10).fill('/ip4/192.0.2.111/tcp/40001')].map(
      (each) => makeRecord(keys, { seq: 1_800_000_000_000, addresses: each, nonce }).byteLength,
    )
    expect(new Set(lengths).size).toBe(1)
  })

  test('leaves out the last addresses rather than being too long', () => {
    const long = Array.from({ length: limits.addressesPerDevice }, (_, at) => `/dns4/${'x'.repeat(limits.addressChars - 20)}${at}/tcp/1`)
    const record = makeRecord(keys, { seq: 1, addresses: long, nonce })
    const read = openRecord(keys, record).addresses
    expect(read.length).toBeGreaterThan(0)
    expect(read).toEqual(long.slice(0, read.length))
    expect(record.byteLength).toBeLessThanOrEqual(limits.rendezvousRecordBytes)
  })

  test('is refused under every other key, and when any byte of it is another one', () => {
    expect(because(() => checkRecord(keys.key, made))).toBe('fine')
    expect(
      because(() =>
        checkRecord(
          keys.key.map((byte) => byte ^ 1),
          made,
        ),
      ),
    ).toBe('key')
    fc.assert(
      fc.property(fc.nat(made.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const other = made.slice()
        other[at]! ^= change
        return because(() => openRecord(keys, other)) !== 'fine'
      }),
      { numRuns: 300 },
    )
  })

  test('cut off anywhere, or with something behind it, is refused', () => {
    for (let length = 0; length < made.byteLength; length++)
      expect(because(() => checkRecord(keys.key, made.subarray(0, length)))).not.toBe('fine')
    expect(because(() => checkRecord(keys.key, new Uint8Array([...made, 0x28, 1])))).toBe('encoding')
  })

  test('that somebody without the key made is refused, however the parts are put together', () => {
    const { publicKey, seq, sealed, signature } = messages.Record.decode(made)
    const forged = (change: Partial<messages.Record>) => messages.Record.encode({ publicKey, seq, sealed, signature, ...change })
    const others = dayKeys(pairSecret(eve, idB), day, idA)
    expect(because(() => checkRecord(keys.key, forged({ seq: seq + 1 })))).toBe('signature')
    expect(because(() => checkRecord(keys.key, forged({ sealed: sealed.map((byte) => byte ^ 1) })))).toBe('signature')
    expect(because(() => checkRecord(keys.key, forged({ publicKey: others.publicKey })))).toBe('key')
    expect(because(() => checkRecord(keys.key, forged({ seq: 0 })))).toBe('seq')
    expect(because(() => checkRecord(keys.key, new Uint8Array(limits.rendezvousRecordBytes + 1)))).toBe('too-long')
  })

  test('of a writer who does not seal as agreed is refused by the reader alone', () => {
    const foreign = { ...keys, sealing: new Uint8Array(32) }
    const record = makeRecord(foreign, { seq: 5, addresses, nonce })
    expect(checkRecord(keys.key, record)).toBe(5)
    expect(because(() => openRecord(keys, record))).toBe('sealed')
    expect(because(() => openRecord(keys, makeRecord(keys, { seq: 5, addresses: ['http://192.0.2.1'], nonce })))).toBe('addresses')
  })
})
