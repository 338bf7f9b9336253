import { idOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { householdOf } from '../testing/index.ts'
import {
  anyone,
  contactsOf,
  FactIndex,
  factsOf,
  least,
  subjects,
  subjectsOf,
  withFacts,
  withoutFacts,
  type KnownFact,
} from './fact-index.ts'

const id = (name: string) => idOf(new TextEncoder().encode(name))
const [ana, ben] = [householdOf('ana'), householdOf('ben')]
const fact = (kind: KnownFact['kind'], name: string, body: object = {}): KnownFact =>
  ({ kind, id: id(name), bytes: Uint8Array.of(1), body }) as unknown as KnownFact

describe('a fact is found', () => {
  it.each([
    ['manifest', {}, [subjects.manifest(id('it'))]],
    [
      'ask',
      { iss: ben, manifest: id('m') },
      [subjects.ask(id('it')), subjects.under(id('m')), subjects.household(ben), subjects.wanted(ben)],
    ],
    [
      'grant',
      { iss: ana, aud: { household: ben }, manifest: id('m'), renews: id('r'), ask: id('a') },
      [
        subjects.grant(id('it')),
        subjects.under(id('m')),
        subjects.renewals(id('r')),
        subjects.answers(id('a')),
        subjects.household(ben),
        subjects.wanted(ana),
      ],
    ],
    [
      'grant',
      { iss: ben, aud: { community: id('c') }, manifest: id('m'), renews: null, ask: null },
      [subjects.grant(id('it')), subjects.under(id('m')), subjects.wanted(ben)],
    ],
    ['given', { grant: id('g') }, [subjects.ofGrant(id('g'))]],
    ['receipt', { grant: id('g'), iss: ben }, [subjects.ofGrant(id('g')), subjects.said(ben)]],
    ['revoke', { grants: [id('g'), id('h'), id('g')] }, [subjects.ofGrant(id('g')), subjects.ofGrant(id('h'))]],
    ['renounce', { grants: [id('g'), id('g')], iss: ben }, [subjects.ofGrant(id('g')), subjects.said(ben)]],
    ['deny', { ask: id('a') }, [subjects.self(id('it')), subjects.answers(id('a'))]],
    ['block', { household: ben }, [subjects.self(id('it')), subjects.household(ben), subjects.blocks(ben), subjects.blocks(anyone)]],
    ['unblock', { blocks: [id('b'), id('b'), id('d')] }, [subjects.lifts(id('b')), subjects.lifts(id('d'))]],
    ['pause', {}, []],
    ['resume', { pauses: [id('p')], grants: [id('g')] }, [subjects.lifts(id('p')), subjects.ofGrant(id('g'))]],
    ['contact', { household: ben }, [subjects.household(ben), subjects.household(contactsOf)]],
    ['erase', {}, [subjects.erasures]],
  ] as const)('by everything that it is about, each once: %s', (kind, body, expected) => {
    expect(subjectsOf(fact(kind, 'it', body)).toSorted()).toEqual([...expected].toSorted())
  })

  it('under no other subject, whatever two of them share', () => {
    const all = [
      ...[subjects.manifest, subjects.ask, subjects.grant, subjects.ofGrant, subjects.renewals].map((of) => of(id('x'))),
      ...[subjects.answers, subjects.under, subjects.self, subjects.lifts].map((of) => of(id('x'))),
      ...[subjects.household, subjects.blocks, subjects.said, subjects.wanted].flatMap((of) => [of(ana), of(ben)]),
      subjects.erasures,
      subjects.manifest(id('y')),
    ]
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('the index', () => {
  const [one, other] = [fact('given', 'one', { grant: id('g') }), fact('receipt', 'other', { grant: id('g'), iss: ben })]

  it('has what was added, of the kind that is asked for, until it is removed', () => {
    const index = new FactIndex()
    expect(index.about(subjects.ofGrant(id('g')))).toEqual([])
    index.add(one)
    index.add(other)
    expect(index.about(subjects.ofGrant(id('g')))).toEqual([one, other])
    expect(factsOf(index, 'receipt', subjects.ofGrant(id('g')))).toEqual([other])
    index.remove(one)
    expect(index.about(subjects.ofGrant(id('g')))).toEqual([other])
    index.remove(other)
    expect(index.about(subjects.ofGrant(id('g')))).toEqual([])
    expect(index.about(subjects.said(ben))).toEqual([])
  })

  it('with some more has both, and is as it was without them', () => {
    const index = new FactIndex()
    index.add(one)
    expect(withFacts(index, [other]).about(subjects.ofGrant(id('g')))).toEqual([one, other])
    expect(index.about(subjects.ofGrant(id('g')))).toEqual([one])
  })

  it('without some has the rest, and is as it was with them', () => {
    const index = new FactIndex()
    for (const each of [one, other]) index.add(each)
    const rest = withoutFacts(index, new Set([one.id]))
    expect(rest.about(subjects.ofGrant(id('g')))).toEqual([other])
    expect(rest.about(subjects.said(ben))).toEqual([other])
    expect(withoutFacts(index, new Set()).about(subjects.ofGrant(id('g')))).toEqual([one, other])
    expect(index.about(subjects.ofGrant(id('g')))).toEqual([one, other])
  })

  it('lists everything that it has, once, also what is about nothing', () => {
    const index = new FactIndex()
    const pause = fact('pause', 'pause')
    for (const each of [one, other, pause]) index.add(each)
    expect([...index.all()]).toEqual([one, other, pause])
    index.remove(one)
    expect([...index.all()]).toEqual([other, pause])
  })

  it('leaves out what was erased', () => {
    expect(new FactIndex([{ kind: 'given', id: id('one'), bytes: new Uint8Array() }]).about(subjects.ofGrant(id('g')))).toEqual([])
  })
})

it('of several facts the least id counts, in any order, and none of none', () => {
  const facts = ['a', 'b', 'c', 'd'].map((name) => fact('pause', name))
  const [first] = facts.map((each) => each.id).toSorted()
  for (const order of [facts, facts.toReversed(), [facts[2]!, facts[0]!, facts[3]!, facts[1]!]]) expect(least(order)?.id).toBe(first)
  expect(least([])).toBeUndefined()
})
