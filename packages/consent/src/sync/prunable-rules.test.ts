import { limits, type ObjectId } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import {
  ana,
  askOf,
  ben,
  block,
  contact,
  deny,
  eve,
  factsWith,
  grantOf,
  idFor,
  made,
  nowSec,
  receipt,
  renounce,
  revoke,
  text,
} from '../testing/made-facts.ts'
import type { KnownFact } from './fact-index.ts'
import { prunable } from './pruning.ts'

const keptSec = limits.endedKeepMs / 1000
const lifetimeSec = limits.grantLifetimeMs / 1000
/** The last second of what may go now. */
const lastSec = nowSec - keptSec

interface Look {
  readonly nowMs?: number
  readonly listed?: readonly string[]
  readonly known?: readonly string[]
}
const namesOf = (facts: readonly KnownFact[]) => facts.map(({ bytes }) => new TextDecoder().decode(bytes)).toSorted()
/** What may go of these, by their names. */
function going(facts: readonly KnownFact[], { nowMs = nowSec * 1000, listed = [], known = [] }: Look = {}) {
  const isIn = (names: readonly string[], id: ObjectId) => names.some((name) => idFor(name) === id)
  const { dropped, erased } = prunable(factsWith(...facts), {
    self: ana,
    nowMs,
    isListed: (id) => isIn(listed, id),
    isKnown: (id) => isIn(known, id),
  })
  return { dropped: namesOf(dropped), erased: namesOf(erased) }
}
const nothing = { dropped: [], erased: [] }
const ours = (name: string, change: object = {}) => grantOf(name, { exp: lastSec, ...change })
const theirs = (name: string, change: object = {}) => grantOf(name, { iss: ben, aud: { household: ana }, exp: lastSec, ...change })

describe('an agreement or ask that is over', () => {
  it.each([
    ['a grant', (sec: number) => theirs('it', { exp: sec })],
    ['an ask, which may be answered until it lapses', (sec: number) => askOf('it', { lapse: sec, exp: sec - 60 })],
    ['an ask, whose answer lasts as long as was asked', (sec: number) => askOf('it', { lapse: sec - 60, exp: sec })],
  ])('goes as long after its end as what leaves the lists, to the millisecond: %s', (_what, make) => {
    expect(going([make(lastSec)])).toEqual({ dropped: ['it'], erased: [] })
    expect(going([make(lastSec)], { nowMs: nowSec * 1000 - 1 })).toEqual(nothing)
    expect(going([make(lastSec)], { listed: ['it'] })).toEqual(nothing)
  })

  it('goes without a trace when a contact wanted it, and leaves its id when it was ours, each in one of the two', () => {
    const ofBoth = [ours('given'), theirs('got'), askOf('of them', { lapse: lastSec, exp: 0 })]
    const ofOurs = [askOf('of us', { iss: ana, to: ben, lapse: lastSec, exp: 0 })]
    expect(going([...ofBoth, ...ofOurs])).toEqual({ dropped: ['got', 'of them'], erased: ['given', 'of us'] })
  })

  it('takes along what was said of it, and our revocation stays', () => {
    const of = (name: string) => ({ grants: [idFor(name)], at: lastSec })
    const said = [
      made('given', 'companion', { iss: ana, grant: idFor('given'), at: lastSec }),
      receipt('their receipt', { grant: idFor('given'), at: lastSec }),
      renounce('their renunciation', of('given')),
      revoke('our revocation', of('given')),
      receipt('our receipt', { iss: ana, grant: idFor('got'), at: lastSec }),
      renounce('our renunciation', { iss: ana, ...of('got') }),
      revoke('their revocation', { iss: ben, ...of('got') }),
      askOf('asked', { lapse: lastSec, exp: 0 }),
      deny('no', { at: lastSec }),
    ]
    expect(going([ours('given'), theirs('got'), ...said])).toEqual({
      dropped: ['asked', 'got', 'no', 'our receipt', 'our renunciation', 'their revocation'],
      erased: ['companion', 'given', 'their receipt', 'their renunciation'],
    })
  })

  it('ends are about stays, until the last that it names goes', () => {
    const end = revoke('end', { iss: ben, grants: [idFor('got'), idFor('runs')], at: lastSec })
    expect(going([theirs('got'), theirs('runs', { exp: nowSec }), end])).toEqual({ dropped: ['got'], erased: [] })
  })
})

describe('a renewal', () => {
  it('of ours waits for what it replaced for ever, and goes once that is known or was', () => {
    const renewal = ours('renewal', { renews: idFor('old') })
    const afterAges = { nowMs: (nowSec + 9 * lifetimeSec) * 1000 }
    expect(going([renewal], afterAges)).toEqual(nothing)
    expect(going([renewal], { known: ['old'] })).toEqual({ dropped: [], erased: ['renewal'] })
    expect(going([renewal], { known: ['old'], nowMs: nowSec * 1000 - 1 })).toEqual(nothing)
  })

  it('of theirs waits one lifetime more, to the millisecond', () => {
    const renewal = theirs('renewal', { renews: idFor('old') })
    const nowMs = (nowSec + lifetimeSec) * 1000
    expect(going([renewal], { nowMs: nowMs - 1 })).toEqual(nothing)
    expect(going([renewal], { nowMs })).toEqual({ dropped: ['renewal'], erased: [] })
    expect(going([renewal], { known: ['old'] })).toEqual({ dropped: ['renewal'], erased: [] })
  })
})

describe('a word about a contact', () => {
  const old = contact('old', { removed: false, at: nowSec - 9 })
  const newest = contact('newest', { removed: false })

  it('goes when a newer one is known', () => {
    expect(going([old, newest])).toEqual({ dropped: ['old'], erased: [] })
    expect(going([newest, contact('of eve', { household: eve, removed: false, at: 1 })])).toEqual(nothing)
  })

  it('stays when it removed the contact, or ended asks', () => {
    expect(going([contact('removal', { at: nowSec - 9 }), newest])).toEqual(nothing)
    expect(going([contact('of asks', { removed: false, over: [idFor('a')], at: nowSec - 9 }), newest])).toEqual(nothing)
  })
})

describe('what speaks of agreements that never came', () => {
  const at = lastSec - lifetimeSec
  const waiting: readonly (readonly [string, KnownFact, boolean])[] = [
    ['a receipt', receipt('it', { at }), true],
    ['our own receipt', receipt('it', { iss: ana, at }), true],
    ['a companion', made('given', 'it', { iss: ana, grant: idFor('g'), at }), true],
    ['their revocation', revoke('it', { iss: ben, at }), true],
    ['our renunciation', renounce('it', { iss: ana, at }), true],
    ['our revocation', revoke('it', { at }), false],
    ['their renunciation', renounce('it', { at }), false],
    ['a "no"', deny('it', { at }), false],
    ['a block', block('it', { at }), false],
    ['a word of erasure', made('erase', 'it', { iss: ana, over: [idFor('g')], at }), false],
  ]

  it.each(waiting)('goes once they could not count any more, unless it could end one of ours: %s', (_what, fact, goes) => {
    const gone = { dropped: ['it'], erased: [] }
    expect(going([fact])).toEqual(goes ? gone : nothing)
    expect(going([fact], { nowMs: nowSec * 1000 - 1 })).toEqual(nothing)
  })

  it('waits while one of them is here or in a list', () => {
    const both = revoke('it', { iss: ben, grants: [idFor('g'), idFor('h')], at })
    expect(going([both])).toEqual({ dropped: ['it'], erased: [] })
    expect(going([both], { listed: ['h'] })).toEqual(nothing)
    expect(going([both, theirs('g', { exp: nowSec })])).toEqual(nothing)
    expect(going([receipt('it', { at })], { listed: ['g'] })).toEqual(nothing)
  })
})

describe('a text', () => {
  const under = askOf('under', { lapse: lastSec, exp: 0 })

  it('goes with the last that is under it, unless a list has it', () => {
    expect(going([text, under])).toEqual({ dropped: ['text', 'under'], erased: [] })
    expect(going([text])).toEqual({ dropped: ['text'], erased: [] })
    expect(going([text], { listed: ['text'] })).toEqual(nothing)
  })

  it('stays while anything under it does', () => {
    expect(going([text, under, askOf('waits', { exp: 0 })])).toEqual({ dropped: ['under'], erased: [] })
    expect(going([text, ours('given')], { listed: ['given'] })).toEqual(nothing)
  })
})
