import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { admitType, charterType, joinType, removeType } from '@porchlight/community'
import { factTypes } from '@porchlight/consent'
import { decodeCanonical, encodeCanonical, idOf, idOfEnvelope, open } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { shown, valueOf } from '../scripts/vectors/cbor.ts'
import { everyType } from '../scripts/vectors/objects.ts'
import { root } from '../scripts/workspaces.mjs'

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const read = <Case>(name: string): Case[] =>
  (JSON.parse(readFileSync(join(root, 'protocols/consent/vectors', name), 'utf8')) as { cases: Case[] }).cases
const types = await everyType()
const names = Object.keys(types)

interface CanonicalCase {
  name: string
  bytes?: string
  repeat?: { bytes: string; times: number; end: string }
  valid: boolean
  because?: string
  value?: unknown
  id?: string
}

it.each(read<CanonicalCase>('canonical.json').map((vector) => [vector.name, vector] as const))('canonical encoding: %s', (_, vector) => {
  const { repeat } = vector
  const bytes = fromHex(repeat ? repeat.bytes.repeat(repeat.times) + repeat.end : vector.bytes!)
  const result = decodeCanonical(bytes)
  if (!vector.valid) return expect(result).toEqual({ ok: false, because: vector.because })
  expect(result).toEqual({ ok: true, value: valueOf(vector.value) })
  expect(toHex(encodeCanonical(valueOf(vector.value)))).toBe(toHex(bytes))
  expect(shown((result as { value: unknown }).value)).toEqual(vector.value)
  return expect(idOf(bytes)).toBe(vector.id)
})

interface ObjectCase {
  t: string
  name: string
  envelope: string
  valid: boolean
  because?: string
  payload?: string
  id?: string
  signer?: string
  body?: unknown
}
const objects = read<ObjectCase>('objects.json')

describe.each(names)('a %s', (t) => {
  it.each(objects.filter((vector) => vector.t === t).map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
    const bytes = fromHex(vector.envelope)
    const opened = await open(types[t]!.type, bytes)
    if (!vector.valid) return expect(opened).toEqual({ ok: false, because: vector.because })
    if (!opened.ok) return expect.unreachable(opened.because)
    expect(opened.object).toMatchObject({ id: vector.id, signer: vector.signer })
    expect(idOfEnvelope(bytes)).toBe(vector.id)
    expect(toHex(encodeCanonical(valueOf(vector.body)))).toBe(vector.payload)
    return expect(shown({ ...(opened.object.body as object), t, v: 1 })).toEqual(vector.body)
  })

  it('has the same id whoever signed it', () => {
    const [first, again] = [0, 1].map((at) => objects.filter((vector) => vector.t === t && vector.valid).at(-at)!)
    expect(first?.name).not.toBe(again?.name)
    expect({ id: again?.id, signer: again?.signer === first?.signer }).toEqual({ id: first?.id, signer: false })
  })
})

it('every type of signed object has vectors', () => {
  const acts = [charterType, admitType, joinType, removeType].map(({ t }) => t)
  expect(new Set(objects.map(({ t }) => t))).toEqual(new Set([...Object.keys(factTypes), ...acts, 'audit', 'document', 'suspend']))
})

const crossed = read<{ t: string; signedAs: string; envelope: string }>('cross-type.json')

it.each(names)('a signature for another type never verifies as one for a %s, and the other way round', async (name) => {
  const pairs = crossed.filter(({ t, signedAs }) => t === name || signedAs === name)
  expect(pairs).toHaveLength(2 * (names.length - 1))
  for (const { t, signedAs, envelope } of pairs) {
    const opened = await open(types[name]!.type, fromHex(envelope))
    expect({ t, signedAs, opened }).toEqual({ t, signedAs, opened: { ok: false, because: 'type' } })
  }
})
