import { limits, type ObjectId } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import type { ConsentContext } from '../context.ts'
import { ana, ben, eve, grantOf, idFor, receipt, renounce, text, askOf } from '../testing/made-facts.ts'
import { stateWith, stored } from '../testing/stored-facts.ts'
import { keepEarly } from './early.ts'
import type { KnownFact } from './fact-index.ts'

const fact = stored(receipt('fact'))
function keeping(
  facts: readonly KnownFact[],
  grants: readonly ObjectId[] = [idFor('unknown')],
  hasSiblings: (() => boolean) | null = () => true,
) {
  const context = { state: stateWith(facts), options: hasSiblings ? { hasSiblings } : {} }
  return keepEarly(context as unknown as ConsentContext, fact, ben, grants)
}
const many = (count: number, make: (at: number) => KnownFact) => Array.from({ length: count }, (_, at) => make(at))
const early = (at: number) => receipt(`receipt ${at}`, { grant: idFor(`g${at}`) })
const full = limits.earlyRevocationsPerContact

describe('what a contact signed about a grant of another device', () => {
  it('is kept as a fact, and does nothing else', () => {
    const plan = keeping([])!
    expect(plan).toMatchObject({ changes: [], entries: [], facts: [fact] })
    expect(plan.after()).toBeUndefined()
  })

  it('is kept while one of the grants is unknown, and not when all are here or no other device could have made them', () => {
    const here = [text, grantOf('g'), grantOf('h')]
    expect(keeping(here, ['g', 'h'].map(idFor))).toBeUndefined()
    expect(keeping(here, ['g', 'unknown'].map(idFor))).toBeDefined()
    expect(keeping([], [idFor('g')], () => false)).toBeUndefined()
    expect(keeping([], [idFor('g')], null)).toBeUndefined()
    // An ask of that id is no grant.
    expect(keeping([askOf('g')], [idFor('g')])).toBeDefined()
  })

  it('finds its place among as many of this contact as may wait, and is refused after that', () => {
    expect(keeping(many(full - 1, early))).toBeDefined()
    expect(() => keeping(many(full, early))).toThrow(
      expect.objectContaining({ code: 'BUSY', message: `${full} objects of this contact wait for their grants, limit ${full}` }),
    )
  })

  it('has room again as grants come: only what still waits counts', () => {
    expect(keeping([...many(full, early), text, grantOf('g0')])).toBeDefined()
    const back = (...names: string[]) => renounce(names.join(), { grants: names.map(idFor) })
    const rest = many(full - 1, early)
    expect(() => keeping([...rest, back('g', 'unknown'), text, grantOf('g')])).toThrow(/wait for their grants/)
    expect(() => keeping([...rest, back('unknown')])).toThrow(/wait for their grants/)
    expect(keeping([...rest, back('g', 'h'), text, grantOf('g'), grantOf('h')])).toBeDefined()
  })

  it('counts what this contact said, and nobody else', () => {
    for (const iss of [ana, eve])
      expect(keeping(many(full, (at) => receipt(`receipt ${at}`, { iss, grant: idFor(`g${at}`) })))).toBeDefined()
  })
})
