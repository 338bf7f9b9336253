import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConsentContext } from '../context.ts'
import type { Plan } from '../ledger/journal.ts'
import type { ConsentState } from '../ledger/state.ts'
import { ben, idFor } from '../testing/made-facts.ts'
import { stateWith } from '../testing/stored-facts.ts'
import { Archiving } from './archiving.ts'

const startMs = 2_000_000_000_000
const keptSec = limits.endedKeepMs / 1000
/** A grant that ended so many seconds before those go that leave the lists now; above 0 it goes. */
const grant = (name: string, sec: number, change: object = {}) => ({
  id: idFor(name),
  household: ben,
  protocol: '/a/b/1',
  state: 'REVOKED',
  causes: [],
  body: { manifest: idFor('text'), scopes: [], nbf: 0, exp: startMs / 1000 - keptSec - sec },
  ...change,
})
const text = { id: idFor('text'), body: {} }

let state: ConsentState
let archiving: Archiving
let plans: Plan<void>[]

beforeEach(() => {
  plans = []
})
function open(tables: Parameters<typeof stateWith>[1]): void {
  state = stateWith([], tables)
  const run = async (make: () => Promise<Plan<void>>): Promise<void> => {
    const plan = await make()
    for (const change of plan.changes) state.apply(change)
    plans.push(plan)
  }
  archiving = new Archiving({ state, journal: { run } } as unknown as ConsentContext)
}
const archivedIn = (plan: Plan<void>) => (plan.record?.archived ?? []).map(({ kind }) => kind)

describe('what ended', () => {
  it('leaves the lists in the millisecond in which it has been kept long enough, with an entry that says how much', async () => {
    open({ grants: [grant('g', 0), grant('h', -1)] })
    await archiving.sweep(startMs - 1)
    expect(plans).toEqual([])
    open({ grants: [grant('g', 0), grant('h', -1)] })
    await archiving.sweep(startMs)
    expect(plans).toHaveLength(1)
    expect(plans[0]!.entries).toEqual([{ kind: 'archive', facts: { records: 1 } }])
    expect(plans[0]!.changes).toEqual([{ table: 'grants', key: idFor('g'), value: null }])
    expect(plans[0]!.record?.archived).toMatchObject([{ kind: 'grant', household: ben, record: { id: idFor('g') } }])
    expect(plans[0]!.after()).toBeUndefined()
  })

  it('takes along what was used of it, and the text that nothing else is under, which is not counted', async () => {
    const row = (name: string) => ({ grant: idFor(name), scope: 'use', device: 'one' })
    open({ grants: [grant('g', 1), grant('h', -1)], usage: [row('g'), row('h')], manifests: [text] })
    await archiving.sweep(startMs)
    expect(plans[0]!.changes.map(({ table }) => table)).toEqual(['grants', 'usage'])
    expect([...state.usage.values()]).toEqual([row('h')])
    open({ grants: [grant('g', 1)], manifests: [text] })
    await archiving.sweep(startMs)
    expect(archivedIn(plans[1]!)).toEqual(['grant', 'manifest'])
    expect(plans[1]!.entries).toEqual([{ kind: 'archive', facts: { records: 1 } }])
  })

  it('leaves nothing that goes on, however old', async () => {
    open({ grants: [grant('g', 9, { state: 'ACTIVE' })], manifests: [text] })
    await archiving.sweep(startMs)
    expect(plans).toEqual([])
  })

  it('goes so many at a time, the longest ended first', async () => {
    open({ grants: Array.from({ length: limits.archiveBatch + 2 }, (_, at) => grant(`g${at}`, at)) })
    await archiving.sweep(startMs)
    expect(plans[0]!.entries).toEqual([{ kind: 'archive', facts: { records: limits.archiveBatch } }])
    expect([...state.grants.keys()].toSorted()).toEqual([idFor('g0'), idFor('g1')].toSorted())
    await archiving.sweep(startMs + 1)
    expect(state.grants.size).toBe(0)
  })

  it('goes sooner when there is too much of it, the longest ended first', async () => {
    open({ grants: Array.from({ length: limits.endedKept + 1 }, (_, at) => grant(`g${at}`, at - limits.endedKept - 5)) })
    await archiving.sweep(startMs)
    expect(plans[0]!.changes).toEqual([{ table: 'grants', key: idFor(`g${limits.endedKept}`), value: null }])
    await archiving.sweep(startMs + 1)
    expect(plans).toHaveLength(1)
  })

  it('is looked for once a minute while there is nothing', async () => {
    open({ grants: [grant('g', -1)] })
    await archiving.sweep(startMs)
    await archiving.sweep(startMs + limits.archiveEveryMs - 1)
    expect(plans).toEqual([])
    await archiving.sweep(startMs + limits.archiveEveryMs)
    expect(plans).toHaveLength(1)
  })
})
