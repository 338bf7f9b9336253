import { createPublicKey, sign, verify } from 'node:crypto'
import { limits, PorchlightError } from '@porchlight/core'
import { equals } from 'uint8arrays/equals'
import { keyOf, type DayKeys } from './day-keys.ts'
import { rendezvous as messages } from './generated/rendezvous.ts'
import { sealWhereabouts, openWhereabouts } from './sealed.ts'

/** What a reader learns. */
export interface Found {
  readonly seq: number
  /** Multiaddr texts without `/p2p/` at their end, best first, at most `limits.addressesPerDevice`. What they are worth, dialling says. */
  readonly addresses: readonly string[]
}

const domain = new TextEncoder().encode('porchlight/rendezvous/1/record\n')
const spki = Buffer.from('302a300506032b6570032100', 'hex')
const refuse = (because: string): PorchlightError =>
  new PorchlightError('BAD_REQUEST', `not a rendezvous record: ${because}`, { reason: because })

/** What is signed: the domain, the number in eight bytes, and what is sealed. */
function signedBytes(seq: number, sealed: Uint8Array): Uint8Array {
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(seq))
  return Buffer.concat([domain, number, sealed])
}

/**
 * Makes a record. Addresses that do not fit any more are left out, the last ones first.
 *
 * @param nonce  12 fresh random bytes
 * @see          protocols/rendezvous/SPEC.md#record
 */
export function makeRecord(keys: DayKeys, { seq, addresses, nonce }: Found & { readonly nonce: Uint8Array }): Uint8Array {
  const sealed = sealWhereabouts(keys, { seq, addresses, nonce })
  const signature = new Uint8Array(sign(null, signedBytes(seq, sealed), keys.signing))
  return messages.Record.encode({ publicKey: keys.publicKey, seq, sealed, signature })
}

/**
 * Checks what anybody can check: that a record belongs under a key, and that whoever made it holds the key of that day.
 *
 * @param key  32 bytes
 * @returns    its number
 * @throws     `BAD_REQUEST` with reason `too-long`, `encoding`, `key`, `seq` or `signature`
 */
export function checkRecord(key: Uint8Array, bytes: Uint8Array): number {
  return read(key, bytes).seq
}

/**
 * Opens a record that was written for us.
 *
 * @throws `BAD_REQUEST` as `checkRecord`, or with reason `sealed` or `addresses`
 */
export function openRecord(keys: DayKeys, bytes: Uint8Array): Found {
  const { seq, sealed } = read(keys.key, bytes)
  return { seq, addresses: openWhereabouts(keys, seq, sealed) }
}

function read(key: Uint8Array, bytes: Uint8Array): messages.Record {
  if (bytes.byteLength > limits.rendezvousRecordBytes) throw refuse('too-long')
  let record
  try {
    record = messages.Record.decode(bytes)
  } catch {
    throw refuse('encoding')
  }
  const { publicKey, seq, sealed, signature } = record
  // One record, one text: otherwise anybody could make other bytes of it that are as valid.
  if (!Number.isSafeInteger(seq) || seq <= 0) throw refuse('seq')
  if (!equals(messages.Record.encode({ publicKey, seq, sealed, signature }), bytes)) throw refuse('encoding')
  if (publicKey.byteLength !== 32 || !equals(keyOf(publicKey), key)) throw refuse('key')
  if (!isSigned(publicKey, signedBytes(seq, sealed), signature)) throw refuse('signature')
  return record
}

function isSigned(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, bytes, createPublicKey({ key: Buffer.concat([spki, publicKey]), format: 'der', type: 'spki' }), signature)
  } catch {
    // Not a point of the curve.
    return false
  }
}
