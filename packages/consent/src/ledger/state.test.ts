import { objectId, type ObjectId } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { householdOf } from '../testing/index.ts'
import {
  ledgerTables,
  type Change,
  type CheckpointRecord,
  type GrantRecord,
  type LedgerSnapshot,
  type PauseRecord,
  type UsageRow,
} from './ledger.ts'
import * as changes from './state.ts'
import { ConsentState, withCauses } from './state.ts'

const nameId = (name: string): ObjectId => objectId(idOf(new TextEncoder().encode(name)))
const [ben, cem] = [householdOf('ben'), householdOf('cem')]
const device = 'device' as UsageRow['device']
const id = nameId('it')
const empty = { ...Object.fromEntries(ledgerTables.map((table) => [table, []])), head: null, highestMs: 0 } as unknown as LedgerSnapshot
const grantTo = (household: GrantRecord['household'], name: string, state: GrantRecord['state'] = 'ACTIVE'): GrantRecord =>
  ({
    id: nameId(name),
    household,
    protocol: '/a/b/1',
    state,
    causes: [],
    endedMs: null,
    body: { nbf: 0, exp: 9, scopes: [{ id: 'use', locations: ['a'], max: {} }] },
  }) as unknown as GrantRecord
const usage = (grant: ObjectId, scope = 'use'): UsageRow => ({ grant, scope, device, total: 1, day: 2, today: 1, calls: false })
const pause = (name: string, bytes: Uint8Array | null, lifted: boolean): PauseRecord => ({ id: nameId(name), bytes, lifted, atMs: 1 })
/** Records of a table, only as far as their keys go. */
const record = (parts: object): never => parts as never
const checkpoint = { device, household: ben, size: 256 } as CheckpointRecord

const rows: readonly { put: Change; drop?: Change }[] = [
  { put: changes.putGrant(grantTo(ben, 'it')), drop: changes.dropRecord('grants', id) },
  { put: changes.putHeld(record({ id })), drop: changes.dropRecord('held', id) },
  { put: changes.putAsk(record({ id })), drop: changes.dropRecord('asks', id) },
  { put: changes.putOwnAsk(record({ id })), drop: changes.dropRecord('ownAsks', id) },
  { put: changes.putManifest(record({ id })), drop: changes.dropRecord('manifests', id) },
  { put: changes.putOutbox(record({ id })), drop: changes.dropOutbox(id) },
  { put: changes.putCooldown(record({ household: ben, protocol: '/a/b/1' })), drop: changes.dropCooldown(ben, '/a/b/1') },
  { put: changes.putDigest({ atMs: 1, told: [] }) },
  { put: changes.putEarlyRevocation(record({ household: ben, grant: id })), drop: changes.dropEarlyRevocation(ben, id) },
  { put: changes.putHalt({ cause: 'locked', atMs: 1 }), drop: changes.dropHalt('locked') },
  { put: changes.putPause(pause('it', null, false)) },
  { put: changes.putUse({ grant: id, usedMs: 1, keptMs: null }), drop: changes.dropUse(id) },
  { put: changes.putCheckpoint(checkpoint), drop: changes.dropCheckpoint(256) },
  { put: changes.putLearned(checkpoint), drop: changes.dropLearned(device) },
  { put: changes.putHeard({ device, atMs: 1 }) },
  { put: changes.putText(record({ grant: id, manifest: nameId('text'), state: 'ASKED' })) },
  { put: changes.putUsage(usage(id)), drop: changes.dropUsage(usage(id)) },
]

describe('what a change put', () => {
  it.each(rows.map((row) => [row.put.table, row] as const))(
    'is found under the same key after a restart, and goes with its drop: %s',
    (table, { put, drop }) => {
      const state = new ConsentState(empty)
      state.apply(put)
      const again = new ConsentState({ ...empty, [table]: [put.value] })
      for (const one of [state, again]) {
        expect(one.current(put)).toEqual(put)
        expect(one.current({ ...put, key: 'another' })).toEqual({ table, key: 'another', value: null })
        if (!drop) continue
        expect(drop).toEqual({ table, key: put.key, value: null })
        one.apply(drop)
        expect(one.current(put)).toEqual(drop)
      }
    },
  )

  it('has a row above for every table but that of facts, which only grows', () => {
    expect(rows.map(({ put }) => put.table).toSorted()).toEqual(ledgerTables.filter((table) => table !== 'facts').toSorted())
  })

  it('has a key of its own wherever one of its parts differs', () => {
    const keys = [
      ...[usage(id), usage(nameId('b')), usage(id, 'read'), { ...usage(id), device: 'other' as UsageRow['device'] }].map(changes.putUsage),
      ...[id, nameId('b')].flatMap((grant) => [id, nameId('c')].map((manifest) => changes.putText(record({ grant, manifest })))),
      ...[ben, cem].flatMap((household) => ['/a/b/1', '/a/c/1'].map((protocol) => changes.putCooldown(record({ household, protocol })))),
      ...[ben, cem].flatMap((household) => [id, nameId('b')].map((grant) => changes.putEarlyRevocation(record({ household, grant })))),
    ].map(({ table, key }) => `${table} ${key}`)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('the grants of a contact', () => {
  it('decide as they are now: one that was dropped decides nothing, and those of others stay', () => {
    const state = new ConsentState({ ...empty, grants: [grantTo(ben, 'a'), grantTo(ben, 'b'), grantTo(cem, 'c')] })
    const decided = () =>
      [...(state.grantIndex(ben).get(ben)?.get('/a/b/1')?.get('use')?.get('a') ?? [])].map(({ grant }) => grant).toSorted()
    expect(decided()).toEqual([nameId('a'), nameId('b')].toSorted())
    const [kept, keptToCem] = [state.grantIndex(ben), state.grantIndex(cem)]
    expect(state.grantIndex(ben)).toBe(kept)
    state.apply(changes.dropRecord('grants', nameId('a')))
    expect(decided()).toEqual([nameId('b')])
    expect(state.grantsTo(ben).map((grant) => grant.id)).toEqual([nameId('b')])
    expect(state.grantIndex(cem)).toBe(keptToCem)
    expect(() => state.apply(changes.dropRecord('grants', nameId('never')))).not.toThrow()
  })

  it('on their way out do not come back, whatever is written meanwhile, and are not written as they were', () => {
    const state = new ConsentState(empty)
    state.flip(grantTo(ben, 'a', 'REVOKING'))
    state.apply(changes.putGrant(grantTo(ben, 'a', 'ACTIVE')))
    expect(state.grants.get(nameId('a'))?.state).toBe('REVOKING')
    expect(state.current(changes.putGrant(grantTo(ben, 'a')))).toBeUndefined()
    // What else is under the same id is another matter.
    expect(state.current(changes.putHeld(record({ id: nameId('a') })))).toEqual({ table: 'held', key: nameId('a'), value: null })
    state.apply(changes.putGrant({ ...grantTo(ben, 'a', 'REVOKED'), endedMs: 7 }))
    for (const late of ['REVOKING', 'ACTIVE', 'EXPIRED'] as const) state.apply(changes.putGrant({ ...grantTo(ben, 'a', late), endedMs: 9 }))
    expect(state.grants.get(nameId('a'))).toMatchObject({ state: 'REVOKED', endedMs: 7 })
  })

  it('keep the causes that are not on the disk yet', () => {
    const state = new ConsentState(empty)
    state.unwritten.causes.set(nameId('a'), new Set(['quota']))
    state.apply(changes.putGrant({ ...grantTo(ben, 'a'), causes: ['stale'], state: 'SUSPENDED' }))
    expect(state.grants.get(nameId('a'))).toMatchObject({ state: 'SUSPENDED', causes: ['quota', 'stale'] })
  })
})

describe('causes', () => {
  it.each([
    ['ACTIVE', ['quota', 'stale', 'quota'], 'SUSPENDED', ['quota', 'stale']],
    ['ACTIVE', [], 'ACTIVE', []],
    ['SUSPENDED', [], 'ACTIVE', []],
    ['SUSPENDED', ['stale'], 'SUSPENDED', ['stale']],
    ['SCHEDULED', ['stale'], 'SCHEDULED', ['stale']],
    ['REVOKING', ['stale'], 'REVOKING', []],
    ['REVOKED', ['stale'], 'REVOKED', []],
    ['EXPIRED', ['stale'], 'EXPIRED', []],
  ] as const)('of a grant that is %s, with %j, make it %s', (before, causes, state, kept) => {
    expect(withCauses(grantTo(ben, 'a', before), causes)).toMatchObject({ state, causes: kept })
  })
})

describe('what holds the household', () => {
  it('is a pause only while its bytes are known and no resume names it', () => {
    const pauses = [pause('lifted', new Uint8Array(1), true), pause('unknown', null, false), pause('both', null, true)]
    expect(new ConsentState({ ...empty, pauses })).toMatchObject({ pausing: 0 })
    const state = new ConsentState({ ...empty, pauses })
    expect([state.openPauses(), state.isHalted(), state.halts()]).toEqual([[], false, []])
    state.apply(changes.putPause(pause('open', new Uint8Array(1), false)))
    expect([state.openPauses().map((one) => one.id), state.isHalted(), state.halts()]).toEqual([[nameId('open')], true, ['paused']])
  })

  it('is not taken away by what was written before it was', () => {
    const state = new ConsentState(empty)
    state.flipHalt({ cause: 'locked', atMs: 1 })
    state.apply(changes.dropHalt('locked'))
    expect(state.halts()).toEqual(['locked'])
    state.unwritten.halts.delete('locked')
    state.apply(changes.dropHalt('locked'))
    expect(state.halts()).toEqual([])
    state.pausing = 1
    expect([state.isHalted(), state.halts()]).toEqual([true, ['paused']])
  })
})

describe('what was used', () => {
  it('is counted for each grant alone', () => {
    const state = new ConsentState({ ...empty, usage: [usage(id), usage(id, 'read'), usage(nameId('b'))] })
    expect(state.usagesOf(id)).toEqual([usage(id), usage(id, 'read')])
    expect(state.usageOf(id, 'read', device)).toEqual(usage(id, 'read'))
    expect(state.usageOf(id, 'write', device)).toBeUndefined()
  })
})
