import { describe, expect, it } from 'vitest'
import {
  hashRanges,
  consistencyRanges,
  inclusionRanges,
  verifyConsistency,
  verifyInclusion,
  type Consistency,
  type Inclusion,
} from './proofs.ts'
import { append, emptyFrontier, leafHash, rootOf } from './tree.ts'

const leaves = Array.from({ length: 9 }, (_, n) => leafHash(Uint8Array.of(n)))
const rootAt = (size: number) => rootOf(leaves.slice(0, size).reduce(append, emptyFrontier))
const inclusion = async (index: number, size: number): Promise<Inclusion> => ({
  index,
  size,
  leaf: leaves[index]!,
  proof: (await hashRanges(leaves, inclusionRanges(index, size)))!,
  root: rootAt(size),
})
const consistency = async (first: number, second: number): Promise<Consistency> => ({
  first,
  second,
  firstRoot: rootAt(first),
  secondRoot: rootAt(second),
  proof: (await hashRanges(leaves, consistencyRanges(first, second)))!,
})
const short = new Uint8Array(31)
const long = new Uint8Array(33)

describe('a proof that a leaf is in a tree', () => {
  it('holds for every leaf of every tree, and not a hash more or less', async () => {
    for (let size = 1; size <= leaves.length; size++)
      for (let index = 0; index < size; index++) {
        const good = await inclusion(index, size)
        expect(verifyInclusion(good)).toBe(true)
        for (const extra of leaves) expect(verifyInclusion({ ...good, proof: [...good.proof, extra] })).toBe(false)
        if (size > 1) expect(verifyInclusion({ ...good, proof: good.proof.slice(1) })).toBe(false)
      }
  })

  it('is none for numbers that are no places, nor for hashes of another length', async () => {
    const good = await inclusion(2, 5)
    for (const change of [
      { index: -1 },
      { index: 1.5 },
      { index: 5 },
      { index: NaN },
      { size: 2 },
      { size: 4.5 },
      { size: -5 },
      { size: Infinity },
      { leaf: short },
      { root: long },
      { proof: [short, ...good.proof.slice(1)] },
      { proof: [...good.proof.slice(0, -1), long] },
    ])
      expect(verifyInclusion({ ...good, ...change }), JSON.stringify(change)).toBe(false)
    expect(verifyInclusion({ index: 0, size: 1, leaf: short, proof: [], root: short })).toBe(false)
  })
})

describe('a proof that a tree grew', () => {
  it('holds for every two trees, and not a hash more or less', async () => {
    for (let second = 1; second <= leaves.length; second++)
      for (let first = 1; first <= second; first++) {
        const good = await consistency(first, second)
        expect(verifyConsistency(good)).toBe(true)
        for (const extra of leaves) expect(verifyConsistency({ ...good, proof: [...good.proof, extra] })).toBe(false)
        if (first < second) expect(verifyConsistency({ ...good, proof: good.proof.slice(1) })).toBe(false)
      }
  })

  it('is none for numbers that are no sizes, nor for hashes of another length', async () => {
    const good = await consistency(3, 7)
    for (const change of [
      { first: 0 },
      { first: -3 },
      { first: 2.5 },
      { first: 8 },
      { second: 2 },
      { second: 6.5 },
      { second: NaN },
      { firstRoot: short },
      { secondRoot: long },
      { proof: [short, ...good.proof.slice(1)] },
      { proof: [] },
    ])
      expect(verifyConsistency({ ...good, ...change }), JSON.stringify(change)).toBe(false)
    expect(verifyConsistency({ first: 2, second: 2, firstRoot: short, secondRoot: short, proof: [] })).toBe(false)
    expect(verifyConsistency({ first: 2, second: 2, firstRoot: rootAt(2), secondRoot: rootAt(3), proof: [] })).toBe(false)
  })
})

describe('the hashes of a proof', () => {
  it('are not there when there are too few leaves, and none are needed for nothing', async () => {
    expect(await hashRanges(leaves.slice(0, 4), [{ start: 0, end: 5 }])).toBeUndefined()
    expect(await hashRanges(leaves.slice(0, 5), [{ start: 0, end: 5 }])).toEqual([rootAt(5)])
    expect(await hashRanges([], [])).toEqual([])
    expect(inclusionRanges(0, 1)).toEqual([])
    expect(inclusionRanges(0, 2)).toEqual([{ start: 1, end: 2 }])
    expect(consistencyRanges(1, 1)).toEqual([])
    expect(consistencyRanges(1, 2)).toEqual([{ start: 1, end: 2 }])
  })

  it('take no more leaves than they need', async () => {
    let taken = 0
    function* counted() {
      for (const leaf of leaves) {
        taken += 1
        yield leaf
      }
    }
    expect(await hashRanges(counted(), [{ start: 1, end: 3 }])).toHaveLength(1)
    expect(taken).toBe(3)
  })
})
