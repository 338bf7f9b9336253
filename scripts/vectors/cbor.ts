import { fromHex, hex, join, utf8 } from './bytes.ts'

// CBOR by hand, so that what no encoder writes can be written.

/** The head of a data item, in its shortest form. */
export function head(major: number, size: number): Uint8Array {
  if (size < 24) return Uint8Array.of(major * 32 + size)
  const width = size < 0x100 ? 1 : size < 0x10000 ? 2 : size < 0x1_0000_0000 ? 4 : 8
  return wideHead(major, size, width)
}

/** The head of a data item with its number in `width` bytes, needed or not. */
export function wideHead(major: number, size: number, width: 1 | 2 | 4 | 8): Uint8Array {
  const code = { 1: 24, 2: 25, 4: 26, 8: 27 }[width]
  return join(Uint8Array.of(major * 32 + code), fromHex(size.toString(16).padStart(width * 2, '0')))
}

export const int = (value: number): Uint8Array => (value < 0 ? head(1, -1 - value) : head(0, value))
export const text = (value: string): Uint8Array => join(head(3, utf8(value).byteLength), utf8(value))
export const bytes = (value: Uint8Array): Uint8Array => join(head(2, value.byteLength), value)
export const list = (...items: Uint8Array[]): Uint8Array => join(head(4, items.length), ...items)
/** In the order given. */
export const map = (entries: [string, Uint8Array][]): Uint8Array =>
  join(head(5, entries.length), ...entries.flatMap(([key, value]) => [text(key), value]))

/** Keys as canonical DAG-CBOR sorts them: by length, then bytewise. */
const inOrder = (keys: string[]): string[] =>
  keys.toSorted((a, b) => utf8(a).byteLength - utf8(b).byteLength || Buffer.compare(Buffer.from(a), Buffer.from(b)))

/** A value as vectors write it: see protocols/consent/SPEC.md#vectors. */
export function shown(value: unknown): unknown {
  if (typeof value === 'number') return { int: String(value) }
  if (value instanceof Uint8Array) return { hex: hex(value) }
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value !== 'object' || value === null) return value
  return { map: inOrder(Object.keys(value)).map((key) => [key, shown((value as Record<string, unknown>)[key])]) }
}

/** The value that a vector writes. */
export function valueOf(shownValue: unknown): unknown {
  if (Array.isArray(shownValue)) return shownValue.map(valueOf)
  if (typeof shownValue !== 'object' || shownValue === null) return shownValue
  if ('int' in shownValue) return Number(shownValue.int)
  if ('hex' in shownValue) return fromHex(shownValue.hex as string)
  return Object.fromEntries((shownValue as { map: [string, unknown][] }).map.map(([key, value]) => [key, valueOf(value)]))
}
