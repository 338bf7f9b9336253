import { describe, expect, it } from 'vitest'
import { askEvents, askStates, nextAskState, nextOwnAskState, ownAskEvents, ownAskStates } from './ask-states.ts'
import { grantEvents, grantStates, isOver, nextGrantState } from './grant-states.ts'
import { heldEvents, heldStates, nextHeldState } from './held-states.ts'

/** The design's table, written a second time by hand: `STATE event TO`. */
const grant = `
SCHEDULED start ACTIVE
SCHEDULED expire EXPIRED
SCHEDULED renounce RENOUNCED
SCHEDULED supersede SUPERSEDED
SCHEDULED revoke REVOKING
ACTIVE suspend SUSPENDED
ACTIVE expire EXPIRED
ACTIVE renounce RENOUNCED
ACTIVE supersede SUPERSEDED
ACTIVE revoke REVOKING
SUSPENDED resume ACTIVE
SUSPENDED suspend SUSPENDED
SUSPENDED expire EXPIRED
SUSPENDED renounce RENOUNCED
SUSPENDED supersede SUPERSEDED
SUSPENDED revoke REVOKING
REVOKING synced REVOKED
REVOKING revoke REVOKING`
const ask = `
NONE ask PENDING
NONE over-quota NONE
PENDING approve APPROVED
PENDING narrow COUNTERED
PENDING snooze SNOOZED
PENDING deny DENIED
PENDING lapse LAPSED
PENDING block BLOCKED
COUNTERED exact-accept APPROVED
COUNTERED other-answer LAPSED
COUNTERED lapse LAPSED
SNOOZED wake PENDING
SNOOZED snooze SNOOZED
SNOOZED approve APPROVED
SNOOZED narrow COUNTERED
SNOOZED deny DENIED
SNOOZED lapse LAPSED
SNOOZED block BLOCKED`
const own = `
PENDING answer ANSWERED
PENDING counter COUNTERED
PENDING lapse LAPSED
COUNTERED accept ANSWERED
COUNTERED decline LAPSED
COUNTERED lapse LAPSED`
const held = `
OFFERED accept HELD
OFFERED decline DECLINED
OFFERED revoke REVOKED
OFFERED expire EXPIRED
HELD renounce RENOUNCED
HELD revoke REVOKED
HELD expire EXPIRED
HELD supersede SUPERSEDED
DECLINED revoke REVOKED
RENOUNCED revoke REVOKED
REVOKED revoke REVOKED
EXPIRED revoke REVOKED
SUPERSEDED revoke REVOKED`

const rows = (table: string): Map<string, string> =>
  new Map(
    table
      .trim()
      .split('\n')
      .map((row) => [row.slice(0, row.lastIndexOf(' ')), row.slice(row.lastIndexOf(' ') + 1)]),
  )

describe.each([
  {
    what: 'a grant',
    states: grantStates as readonly string[],
    events: grantEvents as readonly string[],
    next: nextGrantState as (state: string, event: string) => string,
    table: rows(grant),
  },
  {
    what: 'an ask',
    states: askStates as readonly string[],
    events: askEvents as readonly string[],
    next: nextAskState as (state: string, event: string) => string,
    table: rows(ask),
  },
  {
    what: 'an ask of our own',
    states: ownAskStates as readonly string[],
    events: ownAskEvents as readonly string[],
    next: nextOwnAskState as (state: string, event: string) => string,
    table: rows(own),
  },
  {
    what: 'a held grant',
    states: heldStates as readonly string[],
    events: heldEvents as readonly string[],
    next: nextHeldState as (state: string, event: string) => string,
    table: rows(held),
  },
])('$what', ({ states, events, next, table }) => {
  it('goes where the table says, and every other event throws', () => {
    for (const state of states)
      for (const event of events) {
        const to = table.get(`${state} ${event}`)
        if (to === undefined)
          expect(() => next(state, event), `${state} ${event}`).toThrow(
            expect.objectContaining({ code: 'INTERNAL', reason: 'impossible-transition' }),
          )
        else expect(next(state, event), `${state} ${event}`).toBe(to)
      }
  })
})

describe('a grant that is over', () => {
  it('can only have been ended by an end, and nothing leads back to ACTIVE', () => {
    expect(grantStates.filter(isOver)).toEqual(['REVOKED', 'EXPIRED', 'RENOUNCED', 'SUPERSEDED'])
    expect(grantStates.filter((state) => rows(grant).get(`${state} start`) ?? rows(grant).get(`${state} resume`))).toEqual([
      'SCHEDULED',
      'SUSPENDED',
    ])
  })
})
