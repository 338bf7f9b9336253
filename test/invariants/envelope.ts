/** The fields of a signed envelope (libp2p RFC 0002) as they stand in its protobuf. */
export interface EnvelopeParts {
  readonly publicKey: Uint8Array
  readonly payloadType: Uint8Array
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

const order = [
  [1, 'publicKey'],
  [2, 'payloadType'],
  [3, 'payload'],
  [5, 'signature'],
] as const satisfies readonly (readonly [number, keyof EnvelopeParts])[]

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))])

/** Writes an envelope by hand, so that a test can put in it what no signer would. */
export const envelopeOf = (parts: EnvelopeParts): Uint8Array =>
  Uint8Array.from(order.flatMap(([field, name]) => [(field << 3) | 2, ...varint(parts[name].byteLength), ...parts[name]]))

/** Takes a sound envelope apart. */
export function partsOf(bytes: Uint8Array): EnvelopeParts {
  const found: Record<number, Uint8Array> = {}
  for (let at = 0; at < bytes.byteLength;) {
    const field = bytes[at]! >> 3
    at += 1
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at]!
      at += 1
      length += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    found[field] = bytes.slice(at, at + length)
    at += length
  }
  return Object.fromEntries(order.map(([field, name]) => [name, found[field]!])) as unknown as EnvelopeParts
}
