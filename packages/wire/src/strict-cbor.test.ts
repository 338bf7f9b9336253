import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { valueOf } from '../../../scripts/vectors/cbor.ts'
import { decodeCanonical, encodeCanonical } from './canonical.ts'
import { decodeStrict } from './strict-cbor.ts'

interface Vector {
  name: string
  bytes?: string
  repeat?: { bytes: string; times: number; end: string }
  valid: boolean
  value?: unknown
}
const { cases } = JSON.parse(readFileSync(new URL('../../../protocols/consent/vectors/canonical.json', import.meta.url), 'utf8')) as {
  cases: Vector[]
}
const bytesOf = ({ bytes, repeat }: Vector): Uint8Array =>
  Uint8Array.from(Buffer.from(repeat ? repeat.bytes.repeat(repeat.times) + repeat.end : bytes!, 'hex'))

it.each(cases.filter(({ valid }) => !valid).map((vector) => [vector.name, vector] as const))('refuses %s by itself', (_, vector) => {
  expect(decodeStrict(bytesOf(vector))).toBeUndefined()
})

it.each(cases.filter(({ valid, name }) => valid && !name.includes('deep')).map((vector) => [vector.name, vector] as const))(
  'reads %s by itself, and nothing of it when any byte is missing',
  (_, vector) => {
    const bytes = bytesOf(vector)
    expect(decodeStrict(bytes)).toEqual({ value: valueOf(vector.value) })
    for (let length = 0; length < bytes.byteLength; length++) expect(decodeStrict(bytes.subarray(0, length))).toBeUndefined()
  },
)

it.each([
  ['lists', (inner: unknown) => [inner]],
  ['maps', (inner: unknown) => ({ a: inner })],
])('reads 32 %s in each other, and leaves the 33rd to the full check', (_, around) => {
  const nested = (depth: number): Uint8Array => encodeCanonical(Array.from({ length: depth }).reduce<unknown>((inner) => around(inner), 0))
  expect(decodeStrict(nested(32))).toBeDefined()
  expect(decodeStrict(nested(33))).toBeUndefined()
  expect(decodeCanonical(nested(33)).ok).toBe(true)
})

it('gives bytes of its own: a change of what came changes nothing that was read', () => {
  const came = Buffer.from(encodeCanonical({ a: new Uint8Array([1, 2, 3]) }))
  const read = decodeStrict(came) as { value: { a: Uint8Array } }
  came.fill(9)
  expect(read.value.a).toEqual(new Uint8Array([1, 2, 3]))
  expect(Buffer.isBuffer(read.value.a)).toBe(false)
})
