import { limits } from '@porchlight/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { greeting } from '../testing/greeting.ts'
import type { Client } from '../client.ts'
import { handlersOf } from '../serve.ts'
import { json, nothing, text } from './codecs.ts'
import { defineProtocol, protocolFile, protocolOf, type ScopeOf } from './define-protocol.ts'
import { query, stream } from './methods.ts'

const en = { ...greeting.manifest.say } as unknown as Record<string, Record<string, string>>
const lines = {
  title: 'A door',
  what: en['what']!['en']!,
  why: 'To try.',
  who: '{contact}.',
  keep: 'Unknown.',
  onward: 'Unknown.',
  risk: 'Unknown.',
  cannotUndo: 'Unknown.',
  ifRefused: 'Nothing changes.',
  withdraw: 'Any time.',
}
const scope = { say: { en: 'Knock.' }, direction: 'they-read', required: true } as const
const knock = query({ scope: 'knock', input: text, output: text })
const base = { id: '/example/door/1', publisher: 'tests' } as const

describe('what compiles', () => {
  test('a definition keeps the names of its scopes and the types of its methods', () => {
    expectTypeOf<ScopeOf<typeof greeting>>().toEqualTypeOf<'greet' | 'note'>()
    type Calls = Client<typeof greeting>
    expectTypeOf<Parameters<Calls['greet']>[0]>().toEqualTypeOf<{ name: string }>()
    expectTypeOf<ReturnType<Calls['greet']>>().toEqualTypeOf<Promise<string>>()
    expectTypeOf<ReturnType<Calls['count']>>().toEqualTypeOf<AsyncIterable<number>>()
    expectTypeOf(greeting.fail).parameter(0).toEqualTypeOf<'asleep'>()
  })
})

/** Never run: each `@ts-expect-error` fails `tsc` as soon as the line under it compiles. */
export const whatDoesNotCompile = {
  'a consent line that is missing': () => {
    const { risk: _risk, ...eight } = lines
    // @ts-expect-error -- no risk
    return defineProtocol({ ...base, consent: { en: eight }, scopes: { knock: scope }, methods: { knock } })
  },
  'a consent line that is missing in one language': () => {
    const { risk: _risk, ...eight } = lines
    const say = { en: 'Knock.', de: 'Klopfen.' }
    // @ts-expect-error -- no risk in German
    return defineProtocol({ ...base, consent: { en: lines, de: eight }, scopes: { knock: { ...scope, say } }, methods: { knock } })
  },
  'a scope that says nothing in one language': () =>
    defineProtocol({
      ...base,
      consent: { en: lines, de: lines },
      // @ts-expect-error -- `say` has no German
      scopes: { knock: scope },
      methods: { knock },
    }),
  'no consent text at all': () =>
    // @ts-expect-error -- nothing that a household could read
    defineProtocol({ ...base, scopes: { knock: scope }, methods: { knock } }),
  'a misspelt scope': () =>
    defineProtocol({
      ...base,
      consent: { en: lines },
      scopes: { knock: scope },
      // @ts-expect-error -- there is no scope "knok"
      methods: { knock: query({ scope: 'knok', input: text, output: text }) },
    }),
  'a method without a scope': () =>
    // @ts-expect-error -- nobody could say yes to it
    query({ input: text, output: text }),
  'a kind of data that is not described': () =>
    defineProtocol({
      ...base,
      consent: { en: lines },
      // @ts-expect-error -- there is no data "nmae"
      scopes: { knock: { ...scope, datatypes: ['nmae'] } },
      data: { name: { say: { en: 'A name.' }, category: 'dpv:Name', sensitivity: 1 } },
      methods: { knock },
    }),
  'a handler that is missing': () =>
    // @ts-expect-error -- leave, count and pipe
    handlersOf(greeting, { greet: async ({ name }) => name }),
  'a handler that answers something else': () =>
    handlersOf(greeting, {
      // @ts-expect-error -- a text is asked for
      greet: async ({ name }) => name.length,
      leave: async () => {},
      count: async function* () {
        yield 1
      },
      pipe: async () => {},
    }),
  'a handler for what is no method': () =>
    handlersOf(greeting, {
      greet: async ({ name }) => name,
      leave: async () => {},
      count: async function* () {
        yield 1
      },
      pipe: async () => {},
      // @ts-expect-error -- no such method
      grete: async () => {},
    }),
  'a wrong input': (calls: Client<typeof greeting>) => {
    // @ts-expect-error -- the name is missing
    void calls.greet({})
    // @ts-expect-error -- a name is a text
    void calls.greet({ name: 5 })
    // @ts-expect-error -- no such method
    void calls.grete({ name: 'Ana' })
    // @ts-expect-error -- takes nothing
    void calls.pipe('x')
    return calls.leave('a note')
  },
  'an error that the protocol does not have': () =>
    // @ts-expect-error -- it has "asleep"
    greeting.fail('awake'),
} as const

describe('what follows from a definition', () => {
  test('the manifest says every line in every language, and claims nothing but that it can be stopped', () => {
    const { manifest } = defineProtocol({
      ...base,
      consent: { en: lines, de: { ...lines, title: 'Eine Tür' } },
      scopes: { knock: { ...scope, say: { en: 'Knock.', de: 'Klopfen.' } } },
      methods: { knock },
    })
    expect(manifest.langs).toEqual(['en', 'de'])
    expect(manifest.title).toEqual({ en: 'A door', de: 'Eine Tür' })
    expect(Object.values(manifest.say).every((line) => Object.keys(line).join() === 'en,de')).toBe(true)
    expect(manifest.claims).toEqual([{ key: 'withdraw', assurance: 'enforced' }])
    expect(manifest.scopes[0]).toMatchObject({ id: 'knock', actions: ['read'], locations: [''], required: true })
  })

  test('protocol.json names what consent rests on, and ticks what is required alone', () => {
    expect(protocolFile(greeting)).toEqual({
      id: '/example/greeting/1',
      door: 'grant',
      methods: {
        greet: { kind: 'query', scope: 'greet' },
        leave: { kind: 'procedure', scope: 'note' },
        count: { kind: 'subscription', scope: 'greet' },
        pipe: { kind: 'stream', scope: 'greet' },
      },
      reasons: ['asleep'],
      ticked: ['greet'],
    })
  })

  test('an error of the protocol is told from one of another by its reason', () => {
    expect(greeting.fail('asleep')).toMatchObject({ code: 'APP', reason: 'asleep' })
    expect(greeting.failedWith(greeting.fail('asleep'), 'asleep')).toBe(true)
    expect(greeting.failedWith(new Error('asleep'), 'asleep')).toBe(false)
  })
})

describe('a definition is refused at once', () => {
  const { manifest } = greeting
  const greet = query({ scope: 'greet', input: text, output: text })
  test.each<[string, Parameters<typeof protocolOf>[0], RegExp]>([
    ['when its id is none', { manifest: { ...manifest, proto: 'greeting' }, methods: { greet } }, /not a protocol id/],
    ['when a method name is none', { manifest, methods: { 'Greet me': greet } }, /not a method name/],
    ['when a method name is too long', { manifest, methods: { ['g'.repeat(limits.methodChars + 1)]: greet } }, /not a method name/],
    [
      'when a method needs a scope that is not there',
      { manifest, methods: { greet, pipe: stream({ scope: 'x', input: nothing }) } },
      /"x"/,
    ],
    ['when a required scope is needed by no method', { manifest, methods: { pipe: stream({ scope: 'note', input: nothing }) } }, /"greet"/],
    [
      'when nothing is required',
      { manifest: { ...manifest, scopes: [{ ...manifest.scopes[0]!, required: false }] }, methods: { greet } },
      /no scope is required/,
    ],
    ['when an error word is none', { manifest, methods: { greet }, errors: ['fell asleep'] }, /not an error word/],
  ])('%s', (_when, parts, message) => {
    expect(() => protocolOf(parts)).toThrow(message)
  })
})

describe('codecs', () => {
  test('what JSON cannot say is not encoded, and what is no JSON, no UTF-8 or not what was agreed is not decoded', () => {
    const codec = json((value) => {
      if (typeof value !== 'number') throw new TypeError('no number')
      return value
    })
    expect(codec.decode(codec.encode(5))).toBe(5)
    expect(() => json<unknown>().encode(undefined)).toThrow('no form in JSON')
    for (const wrong of ['"5"', '5 5', '', '{']) expect(() => codec.decode(new TextEncoder().encode(wrong))).toThrow()
    expect(() => text.decode(new Uint8Array([0xff]))).toThrow()
    expect(nothing.encode().byteLength).toBe(0)
  })
})
