import type { ObjectId } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import {
  ana,
  askOf,
  deny,
  factsWith,
  given,
  grantOf,
  idFor,
  made,
  nowSec,
  receipt,
  renounce,
  revoke,
  text,
  unblock,
} from '../testing/made-facts.ts'
import type { KnownFact } from '../sync/fact-index.ts'
import { erasedIn, forgotten } from './forgetting.ts'

interface Look {
  readonly nowMs?: number
  readonly open?: readonly string[]
  readonly fades?: boolean
}
/** What goes of these when agreements and asks of those names were erased, by its names. */
function going(facts: readonly KnownFact[], named: readonly string[], { nowMs = nowSec * 1000, open = [], fades }: Look = {}): string[] {
  const isOpen = (id: ObjectId) => open.some((name) => idFor(name) === id)
  return forgotten(factsWith(text, ...facts), new Set(named.map(idFor)), isOpen, nowMs, fades)
    .map(({ bytes }) => new TextDecoder().decode(bytes))
    .toSorted()
}
const past = (name: string, change: object = {}) => grantOf(name, { exp: nowSec, ...change })
const asked = (change: object = {}) => askOf('asked', { lapse: nowSec, ...change })

describe('a grant that was erased', () => {
  it('goes with all that was said of it from its last second on, unless a record of it goes on', () => {
    const all = [past('g'), given, receipt('receipt'), revoke('revoke'), renounce('renounce')]
    expect(going(all, ['g'])).toEqual(['g', 'given', 'receipt', 'renounce', 'revoke'])
    expect(going(all, ['g'], { nowMs: nowSec * 1000 - 1 })).toEqual([])
    expect(going(all, ['g'], { open: ['g'] })).toEqual([])
    expect(going(all, ['another'])).toEqual([])
  })

  it('leaves what confirms it, and what else was said', () => {
    const resume = made('resume', 'resume', { iss: ana, pauses: [], grants: [idFor('g')] })
    expect(going([past('g'), resume, past('h'), receipt('of h', { grant: idFor('h') })], ['g'])).toEqual(['g'])
  })

  it('leaves an end that names another which stays, until that goes too', () => {
    const both = revoke('both', { grants: [idFor('g'), idFor('h')] })
    expect(going([past('g'), past('h'), both], ['g'])).toEqual(['g'])
    expect(going([past('g'), past('h'), both], ['g', 'h'])).toEqual(['both', 'g', 'h'])
    expect(going([past('g'), grantOf('h'), both], ['g', 'h'])).toEqual(['g'])
  })

  it('that never came here takes what was said of it', () => {
    expect(going([receipt('receipt'), revoke('revoke')], ['g'])).toEqual(['receipt', 'revoke'])
    expect(going([receipt('receipt')], ['g'], { open: ['g'] })).toEqual([])
  })

  it('stays as long as what it replaced could come back, and as its ask could be open again', () => {
    const renewal = past('g', { renews: idFor('old') })
    expect(going([renewal], ['g'])).toEqual(['g'])
    expect(going([renewal, past('old')], ['g'])).toEqual(['g'])
    expect(going([renewal, grantOf('old')], ['g'])).toEqual([])
    const answer = past('g', { ask: idFor('asked') })
    expect(going([answer], ['g'])).toEqual(['g'])
    expect(going([answer, asked()], ['g'])).toEqual(['g'])
    expect(going([answer, askOf('asked')], ['g'])).toEqual([])
  })
})

describe('an ask that was erased', () => {
  it('goes once it has lapsed, unless a record of it goes on', () => {
    expect(going([asked()], ['asked'])).toEqual(['asked'])
    expect(going([asked()], ['asked'], { nowMs: nowSec * 1000 - 1 })).toEqual([])
    expect(going([asked()], ['asked'], { open: ['asked'] })).toEqual([])
    expect(going([asked()], ['another'])).toEqual([])
  })

  it('stays with a "no" that goes on to count, and takes one along that was lifted or that fades', () => {
    expect(going([asked(), deny('no')], ['asked'])).toEqual([])
    expect(going([asked(), deny('no')], ['asked'], { fades: true })).toEqual(['asked', 'no'])
    expect(going([asked(), deny('no'), unblock('no')], ['asked'])).toEqual(['asked', 'no'])
    expect(going([asked(), deny('no'), deny('again'), unblock('no')], ['asked'])).toEqual([])
  })

  it('stays while an answer does, also when its "no" was lifted or fades', () => {
    const answer = past('g', { ask: idFor('asked') })
    expect(going([asked(), answer], ['asked'])).toEqual([])
    expect(going([asked(), answer, deny('no'), unblock('no')], ['asked'], { fades: true })).toEqual([])
    expect(going([asked(), answer], ['asked', 'g'])).toEqual(['asked', 'g'])
    expect(going([asked(), grantOf('g', { ask: idFor('asked') })], ['asked', 'g'])).toEqual([])
  })
})

it('everything that any device erased is erased', () => {
  const word = (name: string, ...over: string[]) => made('erase', name, { iss: ana, over: over.map(idFor) })
  const other = made('erase', 'other', { iss: ana, over: [idFor('h')] })
  expect(erasedIn(factsWith(word('one', 'f', 'g'), other, past('a')))).toEqual(new Set(['f', 'g', 'h'].map(idFor)))
  expect(erasedIn(factsWith())).toEqual(new Set())
})
