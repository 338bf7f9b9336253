import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consistencyRanges, hashRanges, inclusionRanges, verifyConsistency, verifyInclusion } from './proofs.ts'
import { append, emptyFrontier, isFrontier, leafHash, rootOf, type Frontier } from './tree.ts'

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const numbered = (size: number): Uint8Array[] => Array.from({ length: size }, (_, n) => leafHash(Uint8Array.of(n % 256, n >> 8)))
const frontierOf = (leaves: readonly Uint8Array[]): Frontier => leaves.reduce(append, emptyFrontier)

/** RFC 6962 §2.1, word for word: MTH, PATH and SUBPROOF over a list in memory. */
const naive = {
  root: (leaves: readonly Uint8Array[]): Uint8Array => {
    if (leaves.length === 0) return new Uint8Array(createHash('sha256').digest())
    if (leaves.length === 1) return leaves[0]!
    const k = splitOf(leaves.length)
    const node = createHash('sha256')
      .update(Uint8Array.of(1))
      .update(naive.root(leaves.slice(0, k)))
      .update(naive.root(leaves.slice(k)))
    return new Uint8Array(node.digest())
  },
  path: (m: number, leaves: readonly Uint8Array[]): Uint8Array[] => {
    if (leaves.length <= 1) return []
    const k = splitOf(leaves.length)
    return m < k
      ? [...naive.path(m, leaves.slice(0, k)), naive.root(leaves.slice(k))]
      : [...naive.path(m - k, leaves.slice(k)), naive.root(leaves.slice(0, k))]
  },
  subproof: (m: number, leaves: readonly Uint8Array[], whole: boolean): Uint8Array[] => {
    if (m === leaves.length) return whole ? [] : [naive.root(leaves)]
    const k = splitOf(leaves.length)
    return m <= k
      ? [...naive.subproof(m, leaves.slice(0, k), whole), naive.root(leaves.slice(k))]
      : [...naive.subproof(m - k, leaves.slice(k), false), naive.root(leaves.slice(0, k))]
  },
}
const splitOf = (n: number): number => 2 ** Math.floor(Math.log2(n - 1))

// The entries and roots that the reference implementation of RFC 6962 tests with (certificate-transparency, merkle_tree_test).
const entries = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(fromHex)
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

describe('the tree', () => {
  it('has the roots of the reference implementation at every size', () => {
    expect(entries.map((_, at) => toHex(rootOf(frontierOf(entries.slice(0, at).map(leafHash)))))).toEqual(roots.slice(0, 8))
    expect(toHex(rootOf(frontierOf(entries.map(leafHash))))).toBe(roots[8])
  })

  it('has the root of the definition, and as many peaks as its size has ones', () => {
    for (let size = 0; size <= 70; size++) {
      const leaves = numbered(size)
      const frontier = frontierOf(leaves)
      expect(toHex(rootOf(frontier)), `size ${size}`).toBe(toHex(naive.root(leaves)))
      expect(isFrontier(frontier)).toBe(true)
      expect(isFrontier({ ...frontier, size: size * 2 + 1 })).toBe(false)
    }
  })

  it('keeps a frontier above 2^32 leaves', () => {
    expect(isFrontier({ size: 2 ** 40 + 1, peaks: [new Uint8Array(32), new Uint8Array(32)] })).toBe(true)
    const { size, peaks } = append({ size: 2 ** 40 + 1, peaks: [new Uint8Array(32), new Uint8Array(32)] }, new Uint8Array(32))
    expect([size, peaks.length]).toEqual([2 ** 40 + 2, 2])
  })
})

describe('an inclusion proof', () => {
  it('is that of the definition for every leaf, and verifies', async () => {
    for (let size = 1; size <= 40; size++) {
      const leaves = numbered(size)
      const root = naive.root(leaves)
      for (let index = 0; index < size; index++) {
        const proof = (await hashRanges(leaves, inclusionRanges(index, size)))!
        expect(proof.map(toHex), `${index} of ${size}`).toEqual(naive.path(index, leaves).map(toHex))
        expect(verifyInclusion({ index, size, leaf: leaves[index]!, proof, root })).toBe(true)
      }
    }
  })

  it('does not verify for another leaf, place, size or root, nor longer, shorter or changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.nat(), async (size, pick, change) => {
        const index = pick % size
        const leaves = numbered(size)
        const root = rootOf(frontierOf(leaves))
        const proof = (await hashRanges(leaves, inclusionRanges(index, size)))!
        const good = { index, size, leaf: leaves[index]!, proof, root }
        const flipped = proof.map((hash, at) => (at === change % proof.length ? hash.with(change % 32, hash[change % 32]! ^ 1) : hash))
        const others = [
          { ...good, leaf: leaves[(index + 1) % size]! },
          { ...good, index: (index + 1) % size },
          { ...good, index: size },
          { ...good, index: -1 },
          { ...good, root: leaves[index]! },
          { ...good, proof: proof.slice(1) },
          { ...good, proof: [...proof, root] },
          { ...good, proof: flipped },
          { ...good, proof: [...proof.slice(1), new Uint8Array(31)] },
        ]
        expect(verifyInclusion(good)).toBe(true)
        expect(others.filter(verifyInclusion)).toEqual([])
      }),
    )
  })
})

describe('a consistency proof', () => {
  it('is that of the definition for every two sizes, and verifies', async () => {
    for (let second = 1; second <= 34; second++) {
      const leaves = numbered(second)
      const secondRoot = naive.root(leaves)
      for (let first = 1; first <= second; first++) {
        const proof = (await hashRanges(leaves, consistencyRanges(first, second)))!
        expect(proof.map(toHex), `${first} to ${second}`).toEqual(naive.subproof(first, leaves, true).map(toHex))
        const firstRoot = naive.root(leaves.slice(0, first))
        expect(verifyConsistency({ first, second, firstRoot, secondRoot, proof })).toBe(true)
      }
    }
  })

  it('does not verify between trees of which one does not begin with the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.nat(), async (second, pick, change) => {
        const first = 1 + (pick % (second - 1))
        const leaves = numbered(second)
        const proof = (await hashRanges(leaves, consistencyRanges(first, second)))!
        const [firstRoot, secondRoot] = [naive.root(leaves.slice(0, first)), rootOf(frontierOf(leaves))]
        const rewritten = leaves.with(change % first, leafHash(Uint8Array.of(1, 2, 3)))
        const good = { first, second, firstRoot, secondRoot, proof }
        const others = [
          { ...good, firstRoot: naive.root(rewritten.slice(0, first)) },
          {
            ...good,
            secondRoot: rootOf(frontierOf(rewritten)),
            proof: (await hashRanges(rewritten, consistencyRanges(first, second)))!,
          },
          { ...good, first: second, second: first },
          { ...good, first: 0 },
          { ...good, proof: proof.slice(1) },
          { ...good, proof: [...proof, firstRoot] },
          {
            ...good,
            proof: proof.map((hash, at) => (at === change % proof.length ? hash.with(change % 32, hash[change % 32]! ^ 1) : hash)),
          },
        ]
        expect(verifyConsistency(good)).toBe(true)
        expect(others.filter(verifyConsistency)).toEqual([])
      }),
    )
  })

  it('is not made of leaves that are not there', async () => {
    expect(await hashRanges(numbered(6), consistencyRanges(3, 7))).toBeUndefined()
    expect(await hashRanges(numbered(7), consistencyRanges(7, 7))).toEqual([])
  })
})
