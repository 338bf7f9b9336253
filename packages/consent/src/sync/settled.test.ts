import { describe, expect, it } from 'vitest'
import type { ConsentEvent } from '../events.ts'
import type { Change } from '../ledger/ledger.ts'
import { grantStates } from '../states/grant-states.ts'
import { ben, idFor } from '../testing/made-facts.ts'
import type { LiveCalls } from '../owner/live-calls.ts'
import { followSettled } from './siblings.ts'

/** What follows in memory from changes: ends of calls, and what is told. */
function following(...changes: readonly object[]): { ended: string[]; told: ConsentEvent[] } {
  const [ended, told]: [string[], ConsentEvent[]] = [[], []]
  const live = { end: (id: string, reason: string) => void ended.push(`${id} ${reason}`) }
  followSettled(changes as Change[], live as unknown as LiveCalls, (event) => void told.push(event))
  return { ended, told }
}
const [id, household] = [idFor('g'), ben]
const change = (table: string, state = 'HELD') => ({ table, key: id, value: { id, household, state } })

describe('when facts changed a record', () => {
  it.each(grantStates)('calls under a grant that is %s end if it is over, and whoever watches is told', (state) => {
    const isOver = ['REVOKED', 'EXPIRED', 'RENOUNCED', 'SUPERSEDED'].includes(state)
    expect(following(change('grants', state))).toEqual({ ended: isOver ? [`${id} revoked`] : [], told: [{ type: 'grant', id, household }] })
  })

  it.each([
    ['held', 'held'],
    ['asks', 'ask'],
    ['ownAsks', 'own-ask'],
  ])('of %s it is told as of its kind, and no call ends', (table, type) => {
    expect(following(change(table, 'REVOKED'))).toEqual({ ended: [], told: [{ type, id, household }] })
  })

  it('nothing is told of texts and waits, nor of records that went', () => {
    const gone = ['grants', 'held', 'asks', 'ownAsks'].map((table) => ({ ...change(table), value: null }))
    expect(following(change('manifests'), change('cooldowns'), ...gone)).toEqual({ ended: [], told: [] })
  })
})
