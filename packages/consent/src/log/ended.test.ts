import { idOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { ledgerTables, type LedgerSnapshot } from '../ledger/ledger.ts'
import { ConsentState } from '../ledger/state.ts'
import { householdOf } from '../testing/index.ts'
import { endedIn, orphanedManifests } from './ended.ts'

const idFor = (name: string) => idOf(new TextEncoder().encode(name))
const ben = householdOf('ben')
const empty = Object.fromEntries(ledgerTables.map((table) => [table, []]))
const stateOf = (tables: Partial<Record<keyof LedgerSnapshot, readonly object[]>>) =>
  new ConsentState({ ...empty, head: null, highestMs: 0, ...tables } as unknown as LedgerSnapshot)
const record = (name: string, state: string, endSec: number) => ({
  id: idFor(name),
  household: ben,
  protocol: '/a/b/1',
  state,
  causes: [],
  body: { exp: endSec, lapse: endSec, nbf: 0, scopes: [], manifest: idFor('text') },
})

describe('what is over for good', () => {
  it.each([
    ['grants', 'grant', ['REVOKED', 'EXPIRED', 'RENOUNCED', 'SUPERSEDED'], ['SCHEDULED', 'ACTIVE', 'SUSPENDED', 'REVOKING']],
    ['held', 'held', ['DECLINED', 'RENOUNCED', 'REVOKED', 'EXPIRED', 'SUPERSEDED'], ['OFFERED', 'HELD']],
    ['asks', 'ask', ['APPROVED', 'DENIED', 'LAPSED', 'BLOCKED'], ['PENDING', 'COUNTERED', 'SNOOZED']],
    ['ownAsks', 'own-ask', ['ANSWERED', 'LAPSED'], ['PENDING', 'COUNTERED']],
  ] as const)('is, of %s, what ended and whose own time has come, and nothing that still runs', (table, kind, over, open) => {
    const state = stateOf({ [table]: [...over, ...open].map((each) => record(each, each, 5)) })
    expect(endedIn(state, 4_999)).toEqual([])
    const found = endedIn(state, 5_000)
    expect(new Set(found.map(({ record: { record: each } }) => each.id))).toEqual(new Set(over.map(idFor)))
    for (const { record: archived, drop } of found) {
      expect(archived).toMatchObject({ kind, household: ben, endedMs: 5_000, key: `0000000000005000-${kind}-${archived.record.id}` })
      expect(drop).toEqual({ table, key: archived.record.id, value: null })
    }
  })

  it('comes the longest ended first, whichever list it is of', () => {
    const state = stateOf({
      grants: [record('a', 'REVOKED', 7), record('b', 'EXPIRED', 1)],
      held: [record('c', 'DECLINED', 3)],
      asks: [record('d', 'DENIED', 2)],
      ownAsks: [record('e', 'LAPSED', 9)],
    })
    expect(endedIn(state, 10_000).map(({ record: each }) => each.endedMs)).toEqual([1_000, 2_000, 3_000, 7_000, 9_000])
  })
})

describe('a manifest', () => {
  const manifests = [{ id: idFor('text'), body: {} }]

  it.each(['grants', 'held', 'asks', 'ownAsks'] as const)('stays while anything else in the list of %s names it', (table) => {
    const state = stateOf({ manifests, [table]: [record('goes', 'LAPSED', 1), record('stays', 'PENDING', 9)] })
    const gone = endedIn(
      stateOf({ [table]: [record('goes', table === 'grants' ? 'EXPIRED' : table === 'held' ? 'DECLINED' : 'LAPSED', 1)] }),
      5_000,
    )
    expect(gone).toHaveLength(1)
    expect(orphanedManifests(state, gone, 5_000)).toEqual([])
  })

  it('goes with the last that names it, under the time of its going', () => {
    const state = stateOf({ manifests, grants: [record('goes', 'EXPIRED', 1)] })
    expect(orphanedManifests(state, [], 5_000)).toEqual([])
    expect(orphanedManifests(state, endedIn(state, 5_000), 6_000)).toEqual([
      {
        drop: { table: 'manifests', key: idFor('text'), value: null },
        record: {
          key: `0000000000006000-manifest-${idFor('text')}`,
          kind: 'manifest',
          household: null,
          endedMs: 6_000,
          record: manifests[0],
        },
      },
    ])
  })
})
