import { isCleanText } from '@porchlight/core'

const depthMost = 32
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Ends the strict reading; what is wrong is for the full check to name. */
class NotStrict extends Error {}
const notStrict = new NotStrict('not strict')

/**
 * Reads canonical DAG-CBOR in one pass: shortest lengths and integers, sorted map keys, clean text, nothing but what an object may hold.
 * What it accepts is canonical, so that nothing has to be encoded again; what it does not accept may still be, with deep nesting for instance.
 *
 * @returns the value in a box, or `undefined`; never throws
 */
export function decodeStrict(bytes: Uint8Array): { value: unknown } | undefined {
  const reader = new Reader(bytes)
  try {
    const value = reader.value(0)
    return reader.isAtEnd ? { value } : undefined
  } catch {
    return undefined
  }
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.byteLength
  }

  value(depth: number): unknown {
    const first = this.#byte()
    const info = first & 0x1f
    switch (first >> 5) {
      case 0:
        return this.#argument(info)
      case 1:
        return this.#negative(info)
      case 2:
        // A copy of its own kind: what came may be a Buffer, whose slices are views.
        return new Uint8Array(this.#take(info))
      case 3:
        return this.#text(info)
      case 4:
        return this.#list(info, depth)
      case 5:
        return this.#map(info, depth)
      default:
        if (first === 0xf4 || first === 0xf5) return first === 0xf5
        if (first === 0xf6) return null
        throw notStrict
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw notStrict
    return byte
  }

  /** A length or integer in its shortest form, at most 2^53 − 1. */
  #argument(info: number): number {
    if (info < 24) return info
    if (info > 27) throw notStrict
    const count = 1 << (info - 24)
    let value = 0
    for (let index = 0; index < count; index++) value = value * 256 + this.#byte()
    const least = count === 1 ? 24 : 2 ** (4 * count)
    if (value < least || value > Number.MAX_SAFE_INTEGER) throw notStrict
    return value
  }

  #negative(info: number): number {
    const value = -1 - this.#argument(info)
    if (!Number.isSafeInteger(value)) throw notStrict
    return value
  }

  #take(info: number): Uint8Array {
    const end = this.#argument(info) + this.#at
    if (end > this.#bytes.byteLength) throw notStrict
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  #text(info: number): string {
    const taken = this.#take(info)
    let text = ''
    for (let index = 0; index < taken.byteLength; index++) {
      const byte = taken[index]!
      if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte)
      else return cleanText(taken)
    }
    return text
  }

  #list(info: number, depth: number): unknown[] {
    if (depth >= depthMost) throw notStrict
    const count = this.#argument(info)
    const list: unknown[] = []
    for (let index = 0; index < count; index++) list.push(this.value(depth + 1))
    return list
  }

  #map(info: number, depth: number): Record<string, unknown> {
    if (depth >= depthMost) throw notStrict
    const count = this.#argument(info)
    const map: Record<string, unknown> = {}
    let last: Uint8Array | undefined
    for (let index = 0; index < count; index++) {
      const start = this.#at
      const head = this.#byte()
      if (head >> 5 !== 3) throw notStrict
      const key = this.#text(head & 0x1f)
      const encoded = this.#bytes.subarray(start, this.#at)
      // With its length in front of it, a key that is shorter also comes first.
      if ((last !== undefined && Buffer.compare(last, encoded) >= 0) || key === '__proto__') throw notStrict
      last = encoded
      map[key] = this.value(depth + 1)
    }
    return map
  }
}

function cleanText(bytes: Uint8Array): string {
  const text = utf8.decode(bytes)
  if (!isCleanText(text)) throw notStrict
  return text
}
