import { idOf } from '@porchlight/wire'
import { expect, it } from 'vitest'
import { ledgerTables, type GrantRecord, type LedgerSnapshot, type UseRecord } from './ledger.ts'
import { ConsentState } from './state.ts'
import { Uses } from './uses.ts'

const id = idOf(new TextEncoder().encode('grant'))
const [decayMs, startSec, endSec] = [1_000, 10, 20]
const empty = { ...Object.fromEntries(ledgerTables.map((table) => [table, []])), head: null, highestMs: 0 } as unknown as LedgerSnapshot
const usesWith = (row?: Partial<UseRecord>) =>
  new Uses(new ConsentState({ ...empty, uses: row ? [{ grant: id, usedMs: null, keptMs: null, ...row }] : [] }), decayMs)
const grant = (state: GrantRecord['state'] = 'ACTIVE') => ({ id, state, body: { nbf: startSec, exp: endSec } }) as GrantRecord

it.each([
  ['its start, when it was never used', {}, undefined, 11_000],
  ['its start, when it was used before that', { usedMs: 9_000 }, 9_500, 11_000],
  ['the use that was written down', { usedMs: 12_000 }, undefined, 13_000],
  ['the use of this run, whatever was written down', { usedMs: 12_000 }, 13_000, 14_000],
  ['what a person last said', { usedMs: 12_000, keptMs: 15_000 }, 13_000, 16_000],
  ['the use, when a person said it before', { keptMs: 11_000 }, 14_000, 15_000],
])('a grant decays so long after %s', (_what, row, touchedMs, decaysMs) => {
  const uses = usesWith(row)
  if (touchedMs !== undefined) uses.touch(id, touchedMs)
  expect(uses.decaysMs(grant())).toBe(decaysMs)
})

it('a grant whose end comes first, or comes together, does not decay', () => {
  for (const [usedMs, decaysMs] of [
    [18_999, 19_999],
    [19_000, null],
    [19_500, null],
  ] as const)
    expect(usesWith({ usedMs }).decaysMs(grant())).toBe(decaysMs)
})

it('only a grant that runs, or would but for a cause, decays', () => {
  for (const state of ['ACTIVE', 'SUSPENDED'] as const) expect(usesWith().decaysMs(grant(state))).toBe(11_000)
  for (const state of ['SCHEDULED', 'REVOKING', 'REVOKED', 'EXPIRED', 'RENOUNCED', 'SUPERSEDED'] as const)
    expect(usesWith().decaysMs(grant(state))).toBeNull()
})

it('a use is known exactly until it is forgotten, then as it was written down', () => {
  const uses = usesWith({ usedMs: 12_000 })
  expect(uses.lastUsedMs(id)).toBe(12_000)
  uses.touch(id, 12_345)
  expect([uses.lastUsedMs(id), [...uses.all()]]).toEqual([12_345, [[id, 12_345]]])
  uses.forget(id)
  expect([uses.lastUsedMs(id), uses.all().size]).toEqual([12_000, 0])
  expect(usesWith().lastUsedMs(id)).toBeNull()
})
