import { limits } from '@porchlight/core'
import { deviceIdOf, seal } from '@porchlight/wire'
import { expect, it } from 'vitest'
import type { ConsentState } from '../ledger/state.ts'
import { revokeType } from '../objects/index.ts'
import { householdOf, keyOf } from '../testing/index.ts'
import { revocationsBy } from './remembered.ts'

const key = await keyOf('ana')
const [ana, eve] = [householdOf('ana'), householdOf('eve')]
const grants = Array.from({ length: limits.grantsPerRevocation }, () => `b${'a'.repeat(52)}`)
/** A revocation of its own for each number, of about fourteen thousand bytes when it names as many as it can. */
const revoke = async (n: number, names = 1): Promise<Uint8Array> =>
  (
    await seal(
      revokeType,
      {
        iss: ana,
        dev: deviceIdOf(key),
        grants: grants.slice(0, names) as never,
        erasure: 'none',
        reason: null,
        at: n,
        nonce: new Uint8Array(16),
      },
      key,
    )
  ).bytes
type Held = { household: string; state: string; ending: Uint8Array | null; endedMs: number | null }
const stateOf = (held: Held[], early: { household: string; bytes: Uint8Array; receivedMs: number }[] = []) =>
  ({
    held: new Map(held.map((each, at) => [String(at), each])),
    earlyRevocations: new Map(early.map((each, at) => [String(at), each])),
  }) as unknown as ConsentState

it('what a household revoked is told newest first, each signed word once, and nothing of others or of other ends', async () => {
  const [one, two, three, four] = await Promise.all([1, 2, 3, 4].map((n) => revoke(n)))
  const held: Held[] = [
    { household: ana, state: 'REVOKED', ending: one!, endedMs: 10 },
    { household: ana, state: 'REVOKED', ending: three!, endedMs: 30 },
    { household: ana, state: 'REVOKED', ending: three!, endedMs: 31 },
    { household: ana, state: 'RENOUNCED', ending: four!, endedMs: 40 },
    { household: ana, state: 'REVOKED', ending: null, endedMs: 50 },
    { household: eve, state: 'REVOKED', ending: four!, endedMs: 60 },
  ]
  const early = [
    { household: ana, bytes: two!, receivedMs: 20 },
    { household: eve, bytes: four!, receivedMs: 70 },
  ]
  expect(revocationsBy(ana, stateOf(held, early))).toEqual([three, two, one])
  expect(revocationsBy(householdOf('nobody'), stateOf(held, early))).toEqual([])
})

it('as many are told as fit, and no older one instead of one that does not', async () => {
  const size = (await revoke(1_000_000, limits.grantsPerRevocation)).byteLength
  const fit = Math.floor(limits.revocationsRememberedBytes / size)
  const large = await Promise.all(Array.from({ length: fit + 1 }, (_, n) => revoke(1_000_000 + n, limits.grantsPerRevocation)))
  const held = large.map((ending, n): Held => ({ household: ana, state: 'REVOKED', ending, endedMs: n + 1 }))
  const small: Held = { household: ana, state: 'REVOKED', ending: await revoke(1), endedMs: 0 }
  const told = revocationsBy(ana, stateOf([small, ...held]))
  expect(told).toEqual(large.toReversed().slice(0, fit))
})
