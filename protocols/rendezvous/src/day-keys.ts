import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto'
import type { DeviceId } from '@porchlight/core'
import { deviceIdOf, sharedSecret, type SigningKey } from '@porchlight/wire'

const dayMs = 86_400_000

/** What one device writes for another one under on one day. */
export interface DayKeys {
  /** Where the record is: sha-256 of the public key, 32 bytes. */
  readonly key: Uint8Array
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  readonly signing: KeyObject
  /** ChaCha20-Poly1305 key, 32 bytes. */
  readonly sealing: Uint8Array
}

/** Days of UTC since 1970. */
export const dayOf = (ms: number): number => Math.floor(ms / dayMs)

/** The moment at which a day begins, milliseconds since 1970. */
export const startOfDay = (day: number): number => day * dayMs

const hkdf = (secret: Uint8Array, lines: readonly (string | number)[]): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), lines.join('\n'), 32))

/**
 * What two devices and nobody else know: agreed from their keys alone, so there is nothing to exchange, keep, copy or renew.
 *
 * @returns 32 bytes, the same on both sides
 * @throws  `BAD_REQUEST` for a device whose key is not sound
 * @see     protocols/rendezvous/SPEC.md#keys
 */
export function pairSecret(own: SigningKey, other: DeviceId): Uint8Array {
  const devices = [deviceIdOf(own), other].toSorted()
  return hkdf(sharedSecret(own, other), ['porchlight/rendezvous/1/pair', ...devices])
}

/**
 * The keys of one direction and one day. Without the secret nothing links two of them.
 *
 * @param secret  32 bytes, of a pair of devices or of a community
 * @param day     days of UTC since 1970
 * @param writer  the device whose addresses the record has
 * @see           protocols/rendezvous/SPEC.md#keys
 */
export function dayKeys(secret: Uint8Array, day: number, writer: DeviceId): DayKeys {
  const seed = hkdf(secret, ['porchlight/rendezvous/1/sign', day, writer])
  const signing = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = new Uint8Array(Buffer.from(createPublicKey(signing).export({ format: 'jwk' }).x!, 'base64url'))
  return { key: keyOf(publicKey), publicKey, signing, sealing: hkdf(secret, ['porchlight/rendezvous/1/seal', day, writer]) }
}

/** Where a record with this public key belongs. */
export const keyOf = (publicKey: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(publicKey).digest())

/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')
