import { append, emptyFrontier, hashBytes, nodeHash, rootOf, type Frontier } from './tree.ts'

/** Leaves from `start` (counted from 0) up to but not including `end`: one subtree that a proof names. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** The largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

/**
 * The subtrees whose hashes prove that the leaf `index` is in a tree of `size` leaves, from the leaf to the root (RFC 6962 §2.1.1).
 * An index outside the tree has none.
 */
export function inclusionRanges(index: number, size: number): Range[] {
  const trail: Range[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    trail.push(index < middle ? { start: middle, end } : { start, end: middle })
    if (index < middle) end = middle
    else start = middle
  }
  return trail.toReversed()
}

/** The subtrees whose hashes prove that a tree of `first` leaves became one of `second` by growing (RFC 6962 §2.1.2); `0 < first <= second`. */
export function consistencyRanges(first: number, second: number): Range[] {
  const trail: Range[] = []
  let [start, end] = [0, second]
  while (first < end) {
    const middle = start + splitOf(end - start)
    trail.push(first <= middle ? { start: middle, end } : { start, end: middle })
    if (first <= middle) end = middle
    else start = middle
  }
  // The whole old tree is what the verifier has already; only a part of it has to be told.
  if (start > 0) trail.push({ start, end })
  return trail.toReversed()
}

/**
 * Hashes the subtrees of a proof in one pass over the leaves, holding no more than a frontier for each.
 *
 * @param leaves  leaf hashes from number 0
 * @param ranges  that do not overlap, none empty
 * @returns       one hash a range in their order, or `undefined` when there are too few leaves
 */
export async function hashRanges(
  leaves: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ranges: readonly Range[],
): Promise<Uint8Array[] | undefined> {
  const frontiers: Frontier[] = ranges.map(() => emptyFrontier)
  const most = Math.max(0, ...ranges.map(({ end }) => end))
  let index = 0
  if (most > 0)
    for await (const leaf of leaves) {
      const at = ranges.findIndex(({ start, end }) => start <= index && index < end)
      if (at >= 0) frontiers[at] = append(frontiers[at]!, leaf)
      if (++index >= most) break
    }
  return index < most ? undefined : frontiers.map(rootOf)
}

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0

const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** What an inclusion proof is about. */
export interface Inclusion {
  /** The leaf's number, from 0. */
  readonly index: number
  /** Leaves of the tree. */
  readonly size: number
  readonly leaf: Uint8Array
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}

/** Whether the leaf is in the tree with that root. Never throws. @see RFC 9162 §2.1.3.2, whose tree is that of RFC 6962 */
export function verifyInclusion({ index, size, leaf, proof, root }: Inclusion): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size || !areHashes([leaf, root, ...proof])) return false
  let [fn, sn] = [index, size - 1]
  let hash = leaf
  for (const sibling of proof) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash)
      while (fn % 2 === 0 && fn > 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)]
    } else hash = nodeHash(hash, sibling)
    ;[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  return sn === 0 && equal(hash, root)
}

/** What a consistency proof is about. */
export interface Consistency {
  /** Leaves of the older tree, at least 1. */
  readonly first: number
  /** Leaves of the newer tree. */
  readonly second: number
  readonly firstRoot: Uint8Array
  readonly secondRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** Whether the newer tree begins with all of the older one. Never throws. @see RFC 9162 §2.1.4.2 */
export function verifyConsistency({ first, second, firstRoot, secondRoot, proof }: Consistency): boolean {
  if (!isIndex(first) || !isIndex(second) || first === 0 || first > second || !areHashes([firstRoot, secondRoot, ...proof])) return false
  if (first === second) return proof.length === 0 && equal(firstRoot, secondRoot)
  // A complete older tree is a subtree of the newer one as it is, and is left out of the proof.
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : [...proof]
  const seed = path.shift()
  if (seed === undefined) return false
  let [fn, sn] = [first - 1, second - 1]
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  let [older, newer] = [seed, seed]
  for (const hash of path) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      older = nodeHash(hash, older)
      newer = nodeHash(hash, newer)
      while (fn % 2 === 0 && fn > 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)]
    } else newer = nodeHash(newer, hash)
    ;[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  return sn === 0 && equal(older, firstRoot) && equal(newer, secondRoot)
}

const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every(({ byteLength }) => byteLength === hashBytes)

const isPowerOfTwo = (size: number): boolean => size === 1 || splitOf(size) * 2 === size
