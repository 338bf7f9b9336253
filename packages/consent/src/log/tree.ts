import { createHash } from 'node:crypto'

/**
 * The Merkle tree over a log, as RFC 6962 §2.1 defines it: a leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right), and the left
 * side of every node holds the largest power of two below its number of leaves. The empty tree is SHA-256 of nothing.
 *
 * A log only grows at its end, so its roots need no more than the frontier: the roots of the complete subtrees that a log of this size
 * consists of, from left to right. There are as many as the size has binary ones.
 *
 * @see protocols/consent/SPEC.md#tree
 */
export interface Frontier {
  /** Leaves. */
  readonly size: number
  /** 32 bytes each, the largest subtree first. */
  readonly peaks: readonly Uint8Array[]
}

/** Bytes of every hash here. */
export const hashBytes = 32

export const emptyFrontier: Frontier = { size: 0, peaks: [] }

const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** The prefixes keep a node from passing for an entry. */
const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

/** The hash of one entry. */
export const leafHash = (entry: Uint8Array): Uint8Array => sha256(leafPrefix, entry)

/** The hash of two subtrees beside each other. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(nodePrefix, left, right)

/** Whether `peaks` could be the frontier of a log of that size. */
export const isFrontier = ({ size, peaks }: Frontier): boolean =>
  peaks.length === onesOf(size) && peaks.every((peak) => peak.byteLength === hashBytes)

/** A frontier of zeros for a log whose own is lost: entries can be added, and no root of it is ever right. */
export const lostFrontier = (size: number): Frontier => ({
  size,
  peaks: Array.from({ length: onesOf(size) }, () => new Uint8Array(hashBytes)),
})

/** The frontier after one more leaf: complete subtrees of equal size become one, as carries do in a sum. */
export function append({ size, peaks }: Frontier, leaf: Uint8Array): Frontier {
  const next = [...peaks]
  let last = leaf
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) last = nodeHash(next.pop()!, last)
  next.push(last)
  return { size: size + 1, peaks: next }
}

/** The root of the tree: its complete subtrees joined from the right. */
export function rootOf({ peaks }: Frontier): Uint8Array {
  const last = peaks.at(-1)
  if (last === undefined) return sha256()
  return peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last)
}

/** Binary ones of an integer; sizes may exceed the 32 bits that bitwise operators keep. */
function onesOf(size: number): number {
  let ones = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2
  return ones
}
