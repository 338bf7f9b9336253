import { append, consistencyRanges, emptyFrontier, hashRanges, inclusionRanges, leafHash, rootOf, sealCheckpoint } from '@porchlight/consent'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { fromHex, hex } from './bytes.ts'

// The entries that the reference implementation of RFC 6962 tests with.
const entries = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']

/** The vectors of tree, proofs and checkpoints. Deterministic: Ed25519 signatures are. */
export async function recordVectors(): Promise<object> {
  const leaves = entries.map((entry) => leafHash(fromHex(entry)))
  const rootAt = (size: number): Uint8Array => rootOf(leaves.slice(0, size).reduce(append, emptyFrontier))
  const proof = async (ranges: { start: number; end: number }[]): Promise<string[]> => (await hashRanges(leaves, ranges))!.map(hex)
  const key = await keyFromSeed(new Uint8Array(32).fill(1))
  const device = deviceIdOf(key)
  const note = await sealCheckpoint({ device, size: 8, root: rootAt(8) }, key)
  return {
    about: 'Tree, proofs (RFC 6962) and checkpoints (C2SP signed notes) of protocols/consent/SPEC.md#record. Bytes are hex. Written by scripts/make-vectors.ts.',
    entries,
    leaves: leaves.map(hex),
    roots: Array.from({ length: 9 }, (_, size) => ({ size, root: hex(rootAt(size)) })),
    inclusion: await Promise.all(
      [[0, 1], [0, 8], [5, 8], [2, 3], [1, 5]].map(async ([index, size]) => ({ index, size, proof: await proof(inclusionRanges(index!, size!)) })),
    ),
    consistency: await Promise.all(
      [[1, 1], [1, 8], [6, 8], [2, 5], [4, 8]].map(async ([first, second]) => ({ first, second, proof: await proof(consistencyRanges(first!, second!)) })),
    ),
    checkpoints: [
      { name: 'as signed', note, valid: true, device, size: 8, root: hex(rootAt(8)) },
      { name: 'another size', note: note.replace('\n8\n', '\n9\n'), valid: false },
      { name: 'a second signature line', note: `${note}${note.split('\n')[4]}\n`, valid: false },
      { name: 'without its last line feed', note: note.slice(0, -1), valid: false },
    ],
  }
}
