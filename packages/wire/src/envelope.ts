/** The four fields of a libp2p signed envelope (libp2p RFC 0002), as views of its bytes; an absent field is empty. */
export interface EnvelopeFields {
  /** The key in libp2p's protobuf form. */
  readonly publicKey: Uint8Array
  readonly payloadType: Uint8Array
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

const order = [
  ['publicKey', (1 << 3) | 2],
  ['payloadType', (2 << 3) | 2],
  ['payload', (3 << 3) | 2],
  ['signature', (5 << 3) | 2],
] as const

const nothing: Uint8Array = new Uint8Array()

/**
 * Reads the one encoding of an envelope that every encoder writes: fields 1, 2, 3 and 5 in this order, each at most once and never empty, with
 * the shortest lengths. Protobuf has many more for the same envelope, also with fields that nobody signed; none of them is read.
 *
 * @returns `undefined` for anything else; never throws
 * @see protocols/consent/SPEC.md#signed-objects
 */
export function readEnvelope(bytes: Uint8Array): EnvelopeFields | undefined {
  const fields = { publicKey: nothing, payloadType: nothing, payload: nothing, signature: nothing }
  let at = 0
  for (const [name, tag] of order) {
    if (bytes[at] !== tag) continue
    const length = lengthAt(bytes, at + 1)
    if (length === undefined) return undefined
    const end = length.next + length.value
    if (end > bytes.byteLength) return undefined
    fields[name] = bytes.subarray(length.next, end)
    at = end
  }
  return at === bytes.byteLength ? fields : undefined
}

/** A varint above zero, in as few bytes as it needs; five are enough for any object. */
function lengthAt(bytes: Uint8Array, start: number): { value: number; next: number } | undefined {
  let value = 0
  for (let index = 0; index < 5; index++) {
    const byte = bytes[start + index]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte >= 0x80) continue
    // A last byte of zero says nothing that a shorter varint does not.
    return byte === 0 ? undefined : { value, next: start + index + 1 }
  }
  return undefined
}

const text = new TextEncoder()

/** What is signed: domain, payload type and payload, each after its length, so that none can pass for part of another. */
export function signedBytes(domain: string, payloadType: Uint8Array, payload: Uint8Array): Uint8Array {
  const parts = [text.encode(domain), payloadType, payload].flatMap((part) => [varint(part.byteLength), part])
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.byteLength
  }
  return joined
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.from([...bytes, rest])
    bytes.push((rest & 0x7f) | 0x80)
  }
}
