import { chainOf, changeDevices, createGenesis, isSuspended, type ChainBytes } from '@porchlight/identity'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { expect, it } from 'vitest'
import { Own } from './own-household.ts'

const atSec = 1_800_000_000

it('a suspension that counts and could not be written is written when it is said again', async () => {
  const seed = new Uint8Array(32).fill(1)
  const [desktop, laptop] = [await keyFromSeed(new Uint8Array(32).fill(2)), await keyFromSeed(new Uint8Array(32).fill(3))]
  const first = chainOf(await createGenesis({ seed, device: deviceIdOf(desktop), atSec }))
  const stolen = deviceIdOf(laptop)
  const chain = await changeDevices(first, { add: [{ key: stolen, caps: ['serve'], exp: null }] }, { seed, atSec })
  let fails = true
  let changes = 0
  const kept: ChainBytes[] = []
  const own = new Own({
    own: { chain, deviceKey: desktop },
    table: {
      get: async () => undefined,
      put: async (_key: string, value: ChainBytes) => {
        if (fails) throw new Error('ENOSPC: told to fail')
        kept.push(value)
      },
      delete: async () => {},
      all: async () => kept,
    },
    nowSec: () => atSec,
    random: (bytes) => new Uint8Array(bytes),
    onChange: async () => void (changes += 1),
  })
  await expect(own.suspend(stolen)).rejects.toThrow('ENOSPC')
  expect(isSuspended(own.chain, stolen)).toBe(true)
  fails = false
  await own.suspend(stolen)
  expect(kept.at(-1)?.suspensions).toHaveLength(1)
  await own.suspend(stolen)
  expect([kept.length, changes]).toEqual([1, 1])
})
