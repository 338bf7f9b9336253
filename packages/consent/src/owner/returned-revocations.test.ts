import { limits } from '@porchlight/core'
import { deviceIdOf, idOf, seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConsentContext } from '../context.ts'
import { revokeType } from '../objects/index.ts'
import { householdOf, keyOf } from '../testing/index.ts'
import { takeReturned } from './returned.ts'

const idNamed = (name: string) => idOf(new TextEncoder().encode(name))
const [going, over, leaving] = [idNamed('going'), idNamed('over'), idNamed('leaving')]
const self = { household: householdOf('ana'), document: idNamed('document'), device: deviceIdOf(await keyOf('ana')) }
const states = new Map([
  [going, { state: 'ACTIVE' }],
  [over, { state: 'EXPIRED' }],
  [leaving, { state: 'REVOKING' }],
])

let held: number
let learn: ReturnType<typeof vi.fn<(facts: readonly unknown[]) => Promise<{ learned: number }>>>
beforeEach(() => {
  held = 0
  learn = vi.fn(async (facts: readonly unknown[]) => ({ learned: facts.length }))
})
const revoking = async (grants: readonly ReturnType<typeof idNamed>[], by = 'ana', n = 0) =>
  (
    await seal(
      revokeType,
      {
        iss: self.household,
        dev: deviceIdOf(await keyOf(by)),
        grants,
        erasure: 'none',
        reason: null,
        at: n,
        nonce: new Uint8Array(16),
      },
      await keyOf(by),
    )
  ).bytes
const taken = (envelopes: readonly Uint8Array[], hasSiblings?: boolean) =>
  takeReturned(
    {
      state: { grants: states },
      self,
      options: hasSiblings === undefined ? {} : { hasSiblings: () => hasSiblings },
    } as unknown as ConsentContext,
    { learn } as unknown as Parameters<typeof takeReturned>[1],
    async () => void (held += 1),
    envelopes,
  )

describe('a revocation of ours that a contact gives back', () => {
  it('is news when any of its grants is in force here', async () => {
    expect(await taken([await revoking([over, going])])).toBe(1)
    expect(held).toBe(1)
  })

  it.each([
    ['are over', [over]],
    ['are on their way out', [leaving]],
    ['are not known here', [idNamed('unknown')]],
  ])('is no news when its grants %s: nothing is learned, nothing held', async (_what, grants) => {
    expect(await taken([await revoking(grants)])).toBe(0)
    expect(learn).not.toHaveBeenCalled()
    expect(held).toBe(0)
  })

  it('holds nothing when it was known already by the time it is learned', async () => {
    learn.mockImplementation(async () => ({ learned: 0 }))
    expect(await taken([await revoking([going])])).toBe(0)
    expect(held).toBe(0)
  })

  it('by another device proves an old ledger only where there is no other device', async () => {
    expect(await taken([await revoking([going], 'laptop')], true)).toBe(0)
    expect([learn.mock.calls.length, held]).toEqual([1, 0])
    expect(await taken([await revoking([going], 'laptop')], false)).toBe(1)
    expect(await taken([await revoking([going], 'laptop')])).toBe(1)
    expect(held).toBe(2)
  })

  it('by this device proves it among others too, wherever it stands', async () => {
    expect(await taken([await revoking([going]), await revoking([going], 'laptop')], true)).toBe(2)
    expect(held).toBe(1)
  })

  it('is looked at as far as one page goes', async () => {
    const many = await Promise.all(Array.from({ length: limits.factsPerPage + 1 }, (_, n) => revoking([going], 'ana', n)))
    expect(await taken(many)).toBe(limits.factsPerPage)
  })
})
