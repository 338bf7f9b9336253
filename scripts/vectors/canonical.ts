import { decodeCanonical, encodeCanonical, idOf } from '@porchlight/wire'
import { bytes, head, int, list, map, shown, text, wideHead } from './cbor.ts'
import { fromHex, hex, join, utf8 } from './bytes.ts'

const most = Number.MAX_SAFE_INTEGER
const one = Uint8Array.of(1)

/** What has one canonical encoding, each by a name. */
const sound: [string, unknown][] = [
  ...[0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, most - 1, most].map((n): [string, unknown] => [`the integer ${n}`, n]),
  ...[-1, -24, -25, -256, -257, -65_536, -65_537, -(2 ** 32), -(2 ** 32) - 1, -most].map((n): [string, unknown] => [`the integer ${n}`, n]),
  ...[0, 23, 24, 255, 256].map((n): [string, unknown] => [`a text of ${n} bytes`, 'a'.repeat(n)]),
  ['a text with characters of two, three and four bytes', 'Grüße, 世界 🏠'],
  ['a text in NFC with a combining mark that has no composed form', 'x\u0304'],
  ...[0, 23, 24, 256].map((n): [string, unknown] => [`${n} bytes`, new Uint8Array(n).fill(7)]),
  ...[0, 23, 24, 256].map((n): [string, unknown] => [`a list of ${n}`, new Array(n).fill(null)]),
  ['false, true and null in a list', [false, true, null]],
  ['an empty map', {}],
  ['a map whose keys sort by length first', { b: 1, c: 2, aa: 3 }],
  ['a map whose keys sort by their bytes, not by their code units', { '\uff01': 1, '\u{1f3e0}': 2, z: 3, 'ä': 4 }],
  ['a map with an empty key', { '': 0 }],
  ['a map of 24', Object.fromEntries(Array.from({ length: 24 }, (_, at) => [String.fromCharCode(97 + at), at]))],
  ['lists in lists, 64 deep', Array.from({ length: 64 }).reduce<unknown>((inner) => [inner], 0)],
  ['everything in everything', { a: [{ b: [null, new Uint8Array([1])] }, -1], t: 'x', list: [[], {}] }],
]

/** What says the same in other words. */
const noncanonical: [string, Uint8Array][] = [
  ...([1, 2, 4, 8] as const).flatMap((width): [string, Uint8Array][] => [
    [`the integer 0 in ${width} bytes`, wideHead(0, 0, width)],
    [`the integer -1 in ${width} bytes`, wideHead(1, 0, width)],
    [`a text whose length takes ${width} bytes more than it needs`, join(wideHead(3, 1, width), utf8('a'))],
    [`bytes whose length takes ${width} bytes more than it needs`, join(wideHead(2, 1, width), one)],
    [`a list whose length takes ${width} bytes more than it needs`, join(wideHead(4, 1, width), one)],
    [`a map whose length takes ${width} bytes more than it needs`, join(wideHead(5, 1, width), text('a'), one)],
  ]),
  ['255 in two bytes', wideHead(0, 255, 2)],
  ['65535 in four bytes', wideHead(0, 65_535, 4)],
  ['2^32 - 1 in eight bytes', wideHead(0, 2 ** 32 - 1, 8)],
  ['keys out of order: the longer first', map([['aa', one], ['b', one]])],
  ['keys out of order: the greater first', map([['b', one], ['a', one]])],
  ['keys in the order of code units instead of bytes', map([['\u{1f3e0}', one], ['\uff01x', one]])],
  ['keys out of order in a map inside', list(map([['b', one], ['a', one]]))],
  ['1 as float16', fromHex('f93c00')],
  ['1.5 as float16', fromHex('f93e00')],
  ['1.5 as float32', fromHex('fa3fc00000')],
  ['1 as float64', fromHex('fb3ff0000000000000')],
  ['minus zero as float16', fromHex('f98000')],
  ['minus zero as float64', fromHex('fb8000000000000000')],
  ['text that is no UTF-8: a lone continuation byte', fromHex('6180')],
  ['text that is no UTF-8: the first of two bytes alone', fromHex('61c3')],
  ['text that is no UTF-8: an overlong slash', fromHex('62c0af')],
  ['text that is no UTF-8: a surrogate', fromHex('63eda080')],
  ['text that is no UTF-8: above U+10FFFF', fromHex('64f4908080')],
  ['text that is no UTF-8, as a key', fromHex('a161ff01')],
  ['undefined', fromHex('f7')],
  ['undefined in a map', fromHex('a16161f7')],
]

/** What is no encoding of anything that may be said. */
const broken: [string, Uint8Array][] = [
  ['nothing', new Uint8Array()],
  ['an integer whose bytes are missing', fromHex('1a0000')],
  ['a text that ends early', fromHex('6361')],
  ['bytes that end early', fromHex('4201')],
  ['a list that ends early', fromHex('8201')],
  ['a map that ends after a key', fromHex('a16161')],
  ['a second item after the first', fromHex('0101')],
  ['a text that says it has 2^53 - 1 bytes', wideHead(3, most, 8)],
  ['a list that says it has 2^32 items', wideHead(4, 2 ** 32, 8)],
  ['a map that says it has 2^32 entries', wideHead(5, 2 ** 32, 8)],
  ['a key twice', map([['a', one], ['a', one]])],
  ['a key twice, with other keys between', map([['a', one], ['b', one], ['a', one]])],
  ['bytes of indefinite length', fromHex('5f4101ff')],
  ['a text of indefinite length', fromHex('7f6161ff')],
  ['a list of indefinite length', fromHex('9f01ff')],
  ['a map of indefinite length', fromHex('bf616101ff')],
  ['an end of indefinite length without a beginning', fromHex('ff')],
  ['1.5 as float64', fromHex('fb3ff8000000000000')],
  ['NaN as float16', fromHex('f97e00')],
  ['NaN as float32', fromHex('fa7fc00000')],
  ['NaN as float64', fromHex('fb7ff8000000000000')],
  ['infinity as float16', fromHex('f97c00')],
  ['minus infinity as float64', fromHex('fbfff0000000000000')],
  ['the integer 2^53', fromHex('1b0020000000000000')],
  ['the integer -2^53', fromHex('3b001fffffffffffff')],
  ['the integer 2^64 - 1', fromHex('1bffffffffffffffff')],
  ['the integer -2^64', fromHex('3bffffffffffffffff')],
  ['tag 0, a date as text', join(fromHex('c0'), text('2026-11-22T00:00:00Z'))],
  ['tag 1, a date as a number', join(fromHex('c1'), int(1))],
  ['tag 2, a big integer', join(fromHex('c2'), bytes(one))],
  ['tag 24, CBOR in bytes', join(fromHex('d818'), bytes(one))],
  ['tag 42, a link', join(fromHex('d82a5825'), fromHex(`0001711220${'11'.repeat(32)}`))],
  ['tag 55799, "this is CBOR"', fromHex('d9d9f701')],
  ['simple value 16', fromHex('f0')],
  ['simple value 32', fromHex('f820')],
  ['true in two bytes', fromHex('f815')],
  ...[0x1c, 0x1d, 0x1e, 0x5c, 0x7d, 0x9e, 0xbc, 0xdc, 0xfc].map((byte): [string, Uint8Array] => [`the reserved head ${byte.toString(16)}`, Uint8Array.of(byte)]),
  ['an integer as a key', fromHex('a10001')],
  ['bytes as a key', fromHex('a1416101')],
  ['null as a key', fromHex('a1f601')],
  ['a list as a key', fromHex('a18001')],
]

/** Texts that can lie about themselves on a screen. */
const deceptive: [string, string][] = [
  ['not in NFC', 'Zoe\u0308'],
  ['with a compatible ideograph that NFC replaces', '\uf900'],
  ['with a right-to-left override', 'ab\u202ecd'],
  ['with an isolate', 'ab\u2066cd'],
  ['with a right-to-left mark', 'ab\u200fcd'],
  ['with a zero-width space', 'ab\u200bcd'],
  ['with a zero-width joiner', 'ab\u200dcd'],
  ['with a soft hyphen', 'ab\u00adcd'],
  ['with a byte order mark inside', 'ab\ufeff'],
  ['with a tag character', 'ab\u{e0041}'],
  ['with a Hangul filler', 'ab\u3164'],
  ['with a variation selector', 'ab\ufe0f'],
  ['with a line feed', 'ab\ncd'],
  ['with a tab', 'ab\tcd'],
  ['with NUL', 'ab\u0000'],
  ['with DEL', 'ab\u007f'],
  ['with a control of the upper half', 'ab\u0085'],
  ['with a line separator', 'ab\u2028cd'],
  ['with a paragraph separator', 'ab\u2029cd'],
]

/** Depth that no object needs and that overflows a careless reader. */
const bombs = [
  { name: 'a hundred thousand lists, one in the other', bytes: '81', times: 100_000, end: '00' },
  { name: 'a hundred thousand maps, one in the other', bytes: 'a160', times: 100_000, end: '00' },
  { name: 'a hundred thousand lists that never end', bytes: '81', times: 100_000, end: '' },
  { name: 'a hundred thousand tags', bytes: 'c6', times: 100_000, end: '00' },
]

/** @throws when the bytes are accepted, or refused for another kind of reason than their list says */
function refusalOf(name: string, input: Uint8Array, kinds: readonly string[]): string {
  const read = decodeCanonical(input)
  if (read.ok || !kinds.includes(read.because)) throw new Error(`${name}: ${read.ok ? 'accepted' : read.because}, not ${kinds.join(' or ')}`)
  return read.because
}

/** The vectors of the canonical encoding by itself. Deterministic. */
export function canonicalVectors(): object {
  const invalid = (name: string, input: Uint8Array, kinds: readonly string[]) => ({ name, bytes: hex(input), valid: false, because: refusalOf(name, input, kinds) })
  return {
    about:
      'Canonical DAG-CBOR by itself, without signatures. Bytes are hex. "value" writes integers as {"int"}, bytes as {"hex"} and maps as {"map"} in the order of their encoding. "because" is the refusal of the reference implementation: one that stops earlier may say cbor for not-canonical and the other way round. Written by scripts/make-vectors.ts.',
    cases: [
      ...sound.map(([name, value]) => {
        const encoded = encodeCanonical(value)
        return { name, bytes: hex(encoded), valid: true, value: shown(value), id: idOf(encoded) }
      }),
      ...[...noncanonical, ...broken].map(([name, input]) => invalid(name, input, ['not-canonical', 'cbor'])),
      ...deceptive.flatMap(([name, value]) => [
        invalid(`a text ${name}`, text(value), ['text']),
        invalid(`a key ${name}`, join(head(5, 1), text(value), one), ['text']),
      ]),
      // Some decoders leave the mark out: then it is the second encoding that differs.
      { ...invalid('a text that begins with a byte order mark', text('\ufeffab'), ['not-canonical']), or: 'text' },
      ...bombs.map(({ name, bytes: part, times, end }) => ({
        name,
        repeat: { bytes: part, times, end },
        valid: false,
        because: refusalOf(name, fromHex(part.repeat(times) + end), ['not-canonical', 'cbor']),
      })),
    ],
  }
}
