import { limits, type HouseholdId, type ObjectId } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { sampleManifest } from '../testing/index.ts'
import {
  ana,
  ben,
  eve,
  idFor,
  nowSec,
  proto,
  made,
  factsWith,
  text,
  grantOf,
  contact,
  deny,
  block,
  unblock,
  askOf,
} from '../testing/made-facts.ts'
import { allBlocks, blocksOf, effectiveAsk, effectiveContact, effectiveContacts, effectiveCooldown, effectiveOwnAsk } from './effective.ts'
import type { KnownFact } from './fact-index.ts'

const aheadSec = limits.clockBehindMs / 1000

describe('an ask that came to us', () => {
  const asked = (change: object = {}): KnownFact => askOf('asked', change)
  const of = (change: object, ...more: KnownFact[]) => effectiveAsk(factsWith(asked(change), text, ...more), ana, idFor('asked'), nowSec)

  it.each<[string, KnownFact[], string]>([
    ['waits', [], 'PENDING'],
    ['is answered by our grant', [grantOf('g', { ask: idFor('asked') })], 'APPROVED'],
    ['is not answered by a grant of somebody else', [grantOf('g', { ask: idFor('asked'), iss: eve })], 'PENDING'],
    ['is denied, also when another device answered it', [deny('x'), grantOf('g', { ask: idFor('asked') })], 'DENIED'],
    ['is blocked by a block since', [block('x')], 'BLOCKED'],
    ['is blocked by a block of its protocol', [block('x', { protocol: proto })], 'BLOCKED'],
    ['is not blocked by a block of another protocol', [block('x', { protocol: '/other/1' })], 'PENDING'],
    ['is blocked by a block that stands, as far as a clock may be ahead', [block('x', { at: nowSec - aheadSec })], 'BLOCKED'],
    ['is not blocked by a block from before it', [block('x', { at: nowSec - aheadSec - 1 })], 'PENDING'],
    ['is not blocked by a block from before it that was lifted', [block('x', { at: nowSec - 1 }), unblock('x')], 'PENDING'],
    ['is blocked by a block from after it, also once that was lifted', [block('x', { at: nowSec }), unblock('x')], 'BLOCKED'],
    ['is not blocked by a block of somebody else', [block('x', { household: eve })], 'PENDING'],
    ['lapses with a removal that lists it', [contact('x', { over: [idFor('asked')] })], 'LAPSED'],
    ['does not lapse with a removal that does not', [contact('x')], 'PENDING'],
  ])('%s', (_what, facts, state) => expect(of({}, ...facts)?.state).toBe(state))

  it('lapses in its last second, and names the grant that answers it', () => {
    expect(of({ lapse: nowSec })?.state).toBe('LAPSED')
    expect(of({})?.answer).toBeNull()
    expect(of({}, grantOf('g', { ask: idFor('asked') }))?.answer).toBe(idFor('g'))
  })

  it('is nothing when it is to somebody else, or its text is not here', () => {
    expect(of({ to: eve })).toBeUndefined()
    expect(effectiveAsk(factsWith(asked()), ana, idFor('asked'), nowSec)).toBeUndefined()
    expect(effectiveAsk(factsWith(text), ana, idFor('asked'), nowSec)).toBeUndefined()
  })
})

describe('denials', () => {
  const daySec = 86_400
  /** So many asks, each denied a second after the one before. */
  const denied = (count: number, change: object = {}): KnownFact[] =>
    Array.from({ length: count }, (_, n) => [askOf(`a${n}`, change), deny(`d${n}`, { ask: idFor(`a${n}`), at: nowSec + n })]).flat()
  const cooldown = (...facts: KnownFact[]) => effectiveCooldown(factsWith(text, ...facts), ana, ben, proto)

  it.each([
    [1, limits.askCooldownFirstMs],
    [2, limits.askCooldownSecondMs],
    [3, limits.askCooldownThirdMs],
  ])('%d of them hold later asks back from the last one on', (count, waitMs) => {
    expect(cooldown(...denied(count))).toEqual({
      household: ben,
      protocol: proto,
      denials: count,
      untilMs: (nowSec + count - 1) * 1000 + waitMs,
      blocked: false,
    })
  })

  it('the fourth blocks for good, and so does its ask', () => {
    expect(cooldown(...denied(4))).toMatchObject({ denials: 4, untilMs: 0, blocked: true })
    const facts = factsWith(text, ...denied(4))
    expect(['a0', 'a1', 'a2', 'a3'].map((name) => effectiveAsk(facts, ana, idFor(name), nowSec)?.state)).toEqual([
      'DENIED',
      'DENIED',
      'DENIED',
      'BLOCKED',
    ])
  })

  it('count once an ask, by the first of them', () => {
    const early = deny('early', { ask: idFor('a0'), at: nowSec - 9 })
    expect(cooldown(...denied(1), early)?.untilMs).toBe((nowSec - 9) * 1000 + limits.askCooldownFirstMs)
    const twice = cooldown(...denied(1), deny('again', { ask: idFor('a0'), at: nowSec + daySec }))
    expect(twice).toMatchObject({ denials: 1, untilMs: nowSec * 1000 + limits.askCooldownFirstMs })
  })

  it('that were lifted count no more', () => {
    expect(cooldown(...denied(2), unblock('d1'))).toMatchObject({ denials: 1, untilMs: nowSec * 1000 + limits.askCooldownFirstMs })
    expect(cooldown(...denied(1), unblock('d0'))).toBeUndefined()
  })

  it('of asks under another text, to somebody else or by somebody else do not count', () => {
    const other = made('manifest', 'other text', { ...sampleManifest, proto: '/other/1' })
    expect(cooldown()).toBeUndefined()
    expect(cooldown(other, ...denied(1, { manifest: idFor('other text') }))).toBeUndefined()
    expect(cooldown(...denied(1, { to: eve }))).toBeUndefined()
    expect(cooldown(...denied(1, { iss: eve }))).toBeUndefined()
  })
})

describe('blocks', () => {
  const ids = (facts: readonly KnownFact[]): ObjectId[] => facts.map(({ id }) => id)

  it('of a household hold for their protocol, or for all, until they are lifted', () => {
    const facts = factsWith(
      block('all'),
      block('one', { protocol: proto }),
      block('lifted'),
      unblock('lifted'),
      block('x', { household: eve }),
    )
    expect(new Set(ids(blocksOf(facts, ben, proto)))).toEqual(new Set([idFor('all'), idFor('one')]))
    expect(ids(blocksOf(facts, ben, '/other/1'))).toEqual([idFor('all')])
    expect(ids(blocksOf(facts, ben, null))).toEqual([idFor('all')])
    expect(ids(blocksOf(facts, eve, proto))).toEqual([idFor('x')])
  })

  it('are listed oldest first, those of one second by id', () => {
    const names = ['p', 'q', 'r']
    const sorted = names.toSorted((one, other) => (idFor(one) < idFor(other) ? -1 : 1))
    const facts = factsWith(
      block('late', { at: nowSec + 1, household: eve }),
      ...names.map((name) => block(name)),
      block('lifted'),
      unblock('lifted'),
    )
    expect(ids(allBlocks(facts))).toEqual([...sorted, 'late'].map(idFor))
  })
})

describe('an ask of ours', () => {
  const ours = (change: object = {}): KnownFact => askOf('asked', { iss: ana, to: ben, ...change })
  const of = (change: object, ...more: KnownFact[]) => effectiveOwnAsk(factsWith(ours(change), text, ...more), ana, idFor('asked'), nowSec)
  const answer = (iss: HouseholdId): KnownFact => grantOf('g', { iss, ask: idFor('asked') })

  it('waits until its last second, or until the one it went to answers', () => {
    expect(of({})).toMatchObject({ state: 'PENDING', answer: null })
    expect(of({ lapse: nowSec })?.state).toBe('LAPSED')
    expect(of({ lapse: nowSec }, answer(ben))).toMatchObject({ state: 'ANSWERED', answer: idFor('g') })
    expect(of({}, answer(eve))).toMatchObject({ state: 'PENDING', answer: null })
  })

  it('is nothing when it is not ours, or its text is not here', () => {
    expect(of({ iss: eve })).toBeUndefined()
    expect(effectiveOwnAsk(factsWith(ours()), ana, idFor('asked'), nowSec)).toBeUndefined()
  })
})

describe('a contact', () => {
  it('is what the newest word says, of one second the one with the greatest id', () => {
    const names = ['one', 'two', 'three']
    const last = names.toSorted((one, other) => (idFor(one) < idFor(other) ? -1 : 1)).at(-1)!
    expect(effectiveContact(factsWith(contact('new', { at: nowSec }), contact('old')), ben)?.id).toBe(idFor('new'))
    expect(effectiveContact(factsWith(...names.map((name) => contact(name))), ben)?.id).toBe(idFor(last))
    expect(effectiveContact(factsWith(contact('old')), eve)).toBeUndefined()
  })

  it('is listed once, with that word', () => {
    const facts = factsWith(contact('old'), contact('other', { household: eve }), contact('new', { at: nowSec }))
    expect(effectiveContacts(facts).map(({ id }) => id)).toEqual([idFor('new'), idFor('other')])
  })
})
