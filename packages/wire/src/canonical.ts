import { hash } from 'node:crypto'
import * as dagCbor from '@ipld/dag-cbor'
import { isCleanText, objectId, type ObjectId } from '@porchlight/core'
import { base32 } from 'multiformats/bases/base32'
import { equals } from 'uint8arrays/equals'
import { decodeStrict } from './strict-cbor.ts'

/** Canonical DAG-CBOR of a value that holds only integers, clean text, bytes, booleans, null, lists and maps. */
export const encodeCanonical = (value: unknown): Uint8Array => dagCbor.encode(value)

/** Why bytes are not a canonical object. */
export type CanonicalRefusal = 'cbor' | 'not-canonical' | 'text'

/**
 * Reads canonical DAG-CBOR. The decoder itself accepts unsorted maps, short floats and broken UTF-8; comparing with the re-encoding
 * is what makes the form canonical. Nearly everything that arrives is, and needs no second encoding (`decodeStrict`). Integers only, and every text is NFC without control, bidirectional or invisible characters.
 *
 * @returns the value, or the reason why there is none; never throws
 */
export function decodeCanonical(bytes: Uint8Array): { ok: true; value: unknown } | { ok: false; because: CanonicalRefusal } {
  const strict = decodeStrict(bytes)
  if (strict) return { ok: true, value: strict.value }
  try {
    const value: unknown = dagCbor.decode(bytes)
    if (!equals(dagCbor.encode(value), bytes)) return { ok: false, because: 'not-canonical' }
    const fault = faultOf(value)
    return fault ? { ok: false, because: fault } : { ok: true, value }
  } catch {
    // Deep nesting overflows the stack as a RangeError; it is bad input like any other.
    return { ok: false, because: 'cbor' }
  }
}

/** What of a value may not be said: `text` for one that can deceive, `cbor` for anything else; `undefined` when all of it may. */
export function faultOf(value: unknown): CanonicalRefusal | undefined {
  if (typeof value === 'string') return isCleanText(value) ? undefined : 'text'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? undefined : 'cbor'
  if (typeof value === 'boolean' || value === null || value instanceof Uint8Array) return undefined
  if (Array.isArray(value)) return firstOf(value)
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return firstOf(Object.keys(value)) ?? firstOf(Object.values(value))
  return 'cbor'
}

function firstOf(values: unknown[]): CanonicalRefusal | undefined {
  for (const value of values) {
    const fault = faultOf(value)
    if (fault) return fault
  }
  return undefined
}

/** The id of a payload: base32 of its sha-256. The same whoever signed it and however it was framed. */
export const idOf = (payload: Uint8Array): ObjectId => objectId(base32.encode(hash('sha256', payload, 'buffer')))
