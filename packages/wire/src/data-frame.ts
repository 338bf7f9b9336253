import { Uint8ArrayList } from 'uint8arraylist'

const frameData = (2 << 3) | 2
const dataPayload = (1 << 3) | 2

/** Base-128 varint of a number below 2^28 (Protocol Buffers encoding). */
function varint(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

/** The shape in which every encoder writes a Data frame: two tags with minimal lengths, then the payload. */
function head(payloadBytes: number): number[] {
  const inner = [dataPayload, ...varint(payloadBytes)]
  return [frameData, ...varint(inner.length + payloadBytes), ...inner]
}

/**
 * A Data frame with its length prefix, around the payload itself instead of a copy: bulk is nothing but these frames.
 *
 * @param payload  not empty
 */
export function encodeDataFrame(payload: Uint8Array): Uint8ArrayList {
  const start = head(payload.byteLength)
  return new Uint8ArrayList(Uint8Array.from([...varint(start.length + payload.byteLength), ...start]), payload)
}

/**
 * The payload of a frame that is a Data frame in its usual shape, as a view where the bytes lie together.
 *
 * @returns `undefined` for anything else, which the generated decoder then judges
 */
export function decodeDataFrame(frame: Uint8ArrayList): Uint8Array | undefined {
  if (frame.byteLength < 5 || frame.get(0) !== frameData) return undefined
  for (let lengthBytes = 1; lengthBytes <= 3; lengthBytes++) {
    const payloadBytes = frame.byteLength - 2 - 2 * lengthBytes
    for (const shorter of [0, 1]) {
      // Both lengths usually take as many bytes; around a power of 128 the inner one takes one fewer.
      const expected = head(payloadBytes + shorter)
      if (expected.length + payloadBytes + shorter !== frame.byteLength) continue
      if (expected.every((byte, index) => frame.get(index) === byte)) return frame.subarray(expected.length)
    }
  }
  return undefined
}
