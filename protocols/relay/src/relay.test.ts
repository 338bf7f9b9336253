import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { relayProtocol } from './definition.ts'

const { input, output } = relayProtocol.methods.account

interface Case {
  readonly name: string
  readonly message: 'Ask' | 'Account'
  readonly bytes: string
  readonly valid: boolean
  readonly fields?: object
}

const { cases } = JSON.parse(readFileSync(new URL('../vectors/messages.json', import.meta.url), 'utf8')) as { cases: Case[] }

it.each(cases.map((each) => [each.name, each] as const))('vectors: %s', (_, { message, bytes, valid, fields }) => {
  const read = () => (message === 'Ask' ? input : output).decode(Uint8Array.from(Buffer.from(bytes, 'hex')))
  if (valid) expect(read()).toEqual(fields)
  else expect(read).toThrow()
})

it('an account survives being written and read at the largest numbers it can hold', () => {
  const most = {
    carriedBytes: Number.MAX_SAFE_INTEGER,
    openMs: Number.MAX_SAFE_INTEGER,
    sinceMs: 1,
    circuits: 4_294_967_295,
    carries: true,
  }
  expect(output.decode(output.encode(most))).toEqual(most)
})
