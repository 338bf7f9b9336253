import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { devicesInForce, isFrozen, openChain } from '@porchlight/identity'
import { householdProtocol, siblingsProtocol } from '@porchlight/protocol-household'
import { expect, it } from 'vitest'
import { fromHex, hex } from '../scripts/vectors/bytes.ts'

interface Hexes {
  readonly documents: string[]
  readonly suspensions: string[]
}
const read = <T>(name: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../protocols/household/vectors', name), 'utf8')) as T
const bytesOf = ({ documents, suspensions }: Hexes) => ({ documents: documents.map(fromHex), suspensions: suspensions.map(fromHex) })

const { valid, invalid } = read<{
  valid: (Hexes & { name: string; nowSec: number; household: string; head: string; frozen: boolean; devices: object[] })[]
  invalid: (Hexes & { name: string; refused: string })[]
}>('chains.json')

it.each(valid.map((vector) => [vector.name, vector] as const))('chains: %s', async (_, vector) => {
  const chain = await openChain(bytesOf(vector))
  const { household, head, frozen, devices } = vector
  expect({
    household: chain.household,
    head: chain.head.id,
    frozen: isFrozen(chain),
    devices: devicesInForce(chain, vector.nowSec),
  }).toEqual({
    household,
    head,
    frozen,
    devices,
  })
})

it.each(invalid.map((vector) => [vector.name, vector] as const))('chains: %s is refused', async (_, vector) => {
  await expect(openChain(bytesOf(vector))).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: vector.refused })
})

const { cases } = read<{
  cases: { name: string; message: string; bytes: string; own: Hexes | null; yours?: Hexes; checkpoints: string[] }[]
}>('messages.json')

it.each(cases.map((vector) => [vector.name, vector] as const))('messages: %s', (_, { message, bytes, own, yours, checkpoints }) => {
  const { input, output } = householdProtocol.methods.present
  const chain = own ? bytesOf(own) : undefined
  const notes = checkpoints.map(fromHex)
  if (message === 'Presented') return expect(output.decode(fromHex(bytes))).toEqual({ own: chain, checkpoints: notes })
  const decoded = input.decode(fromHex(bytes))
  expect(decoded).toEqual({ own: chain, yours: bytesOf(yours!), checkpoints: notes })
  return expect(hex(input.encode(decoded))).toBe(bytes)
})

/** Fields as the vectors write them. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, each: unknown) => (each === undefined ? null : each instanceof Uint8Array ? hex(each) : each)))
const { facts, changed, join: joining } = siblingsProtocol.methods
const codecs: Record<string, { decode(bytes: Uint8Array): object; encode(fields: never): Uint8Array }> = {
  FactsRequest: facts.input,
  FactsPage: facts.output,
  Changed: changed.input,
  JoinRequest: joining.input,
  JoinAnswer: joining.output,
}
const siblings = read<{ cases: { message: string; name: string; bytes: string; valid: boolean; fields?: object; because?: string }[] }>(
  'siblings.json',
)

it.each(siblings.cases.map((vector) => [`${vector.message} ${vector.name}`, vector] as const))(
  'siblings: %s',
  (_, { message, bytes, valid, fields, because }) => {
    const codec = codecs[message]!
    if (valid) {
      const decoded = codec.decode(fromHex(bytes))
      expect(plain(decoded)).toEqual(fields)
      return expect(hex(codec.encode(decoded as never))).toBe(bytes)
    }
    const refused = { id: /^not (an object|a device) id/, page: /^an empty page/, malformed: /./ }[because!]
    return expect(() => codec.decode(fromHex(bytes))).toThrow(refused)
  },
)

it('every message of siblings/1 has vectors', () => {
  expect(new Set(siblings.cases.map(({ message }) => message))).toEqual(new Set(Object.keys(codecs)))
})
