import { createCipheriv, createDecipheriv } from 'node:crypto'
import { limits, PorchlightError } from '@porchlight/core'
import type { DayKeys } from './day-keys.ts'
import { rendezvous as messages } from './generated/rendezvous.ts'

/** Lengths to which what is sealed is padded; nearly everybody needs the first. */
export const paddedBytes = [512, 1024, 1536] as const
const [nonceBytes, tagBytes] = [12, 16]
const cipher = 'chacha20-poly1305'
const address = /^(\/[A-Za-z0-9._:%~=+-]+)+$/

const refuse = (because: string): PorchlightError =>
  new PorchlightError('BAD_REQUEST', `not a rendezvous record: ${because}`, { reason: because })

/** What the seal is bound to: the key of the day and the number of the record. */
function bound({ publicKey }: DayKeys, seq: number): Buffer {
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(seq))
  return Buffer.concat([publicKey, number])
}

/** @returns  nonce, padded addresses and tag */
export function sealWhereabouts(
  keys: DayKeys,
  { seq, addresses, nonce }: { readonly seq: number; readonly addresses: readonly string[]; readonly nonce: Uint8Array },
): Uint8Array {
  const plain = padded(addresses)
  const seal = createCipheriv(cipher, keys.sealing, nonce, { authTagLength: tagBytes })
  seal.setAAD(bound(keys, seq), { plaintextLength: plain.byteLength })
  return Buffer.concat([nonce, seal.update(plain), seal.final(), seal.getAuthTag()])
}

/** @throws `BAD_REQUEST` with reason `sealed` or `addresses` */
export function openWhereabouts(keys: DayKeys, seq: number, sealed: Uint8Array): string[] {
  const length = sealed.byteLength - nonceBytes - tagBytes
  if (!paddedBytes.some((bytes) => bytes === length)) throw refuse('sealed')
  let plain
  try {
    const seal = createDecipheriv(cipher, keys.sealing, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
    seal.setAAD(bound(keys, seq), { plaintextLength: length })
    seal.setAuthTag(sealed.subarray(-tagBytes))
    plain = Buffer.concat([seal.update(sealed.subarray(nonceBytes, -tagBytes)), seal.final()])
  } catch {
    throw refuse('sealed')
  }
  return unpadded(plain)
}

/** Two bytes of length, the message, zeros. */
function padded(addresses: readonly string[]): Buffer {
  for (let count = Math.min(addresses.length, limits.addressesPerDevice); count >= 0; count--) {
    const message = messages.Whereabouts.encode({ addresses: addresses.slice(0, count) })
    const length = paddedBytes.find((bytes) => message.byteLength + 2 <= bytes)
    if (length === undefined) continue
    const plain = Buffer.alloc(length)
    plain.writeUInt16BE(message.byteLength)
    plain.set(message, 2)
    return plain
  }
  throw new PorchlightError('INTERNAL', 'no addresses at all do fit')
}

function unpadded(plain: Buffer): string[] {
  const length = plain.readUInt16BE()
  if (length > plain.byteLength - 2 || plain.subarray(2 + length).some((byte) => byte !== 0)) throw refuse('addresses')
  let addresses
  try {
    ;({ addresses } = messages.Whereabouts.decode(plain.subarray(2, 2 + length), { limits: { addresses: limits.addressesPerDevice } }))
  } catch {
    throw refuse('addresses')
  }
  if (!addresses.every((text) => text.length <= limits.addressChars && address.test(text))) throw refuse('addresses')
  return addresses
}
