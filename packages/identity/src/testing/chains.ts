import type { DeviceId } from '@porchlight/core'
import { deviceIdOf, keyFromSeed, seal, type SigningKey } from '@porchlight/wire'
import { chainBytes, chainOf, extendChain, type Chain } from '../chain.ts'
import { commitmentTo, createGenesis, documentType, type AnyDocument, type DeviceEntry, type DocumentBody } from '../document.ts'
import { rootKey } from '../seed.ts'
import { createSuspension, type Suspension } from '../suspension.ts'

export const atSec = 1_800_000_000

/** A household whose every key is known here, a thief's too. */
export interface Family {
  readonly seed: Uint8Array
  /** Keys of its devices; the first is in the first document. */
  readonly devices: readonly SigningKey[]
  readonly roots: readonly SigningKey[]
  readonly chain: Chain
}

export async function family(fill = 1): Promise<Family> {
  const seed = new Uint8Array(32).fill(fill)
  const devices = await Promise.all([1, 2, 3, 4].map((at) => keyFromSeed(new Uint8Array(32).fill(fill * 10 + at))))
  const roots = await Promise.all([0, 1, 2, 3, 4].map((n) => rootKey(seed, n)))
  const chain = chainOf(await createGenesis({ seed, device: deviceIdOf(devices[0]!), atSec }))
  return { seed, devices, roots, chain }
}

export const all: DeviceEntry['caps'] = ['serve', 'grant', 'revoke', 'govern']
export const entry = (key: SigningKey, caps: DeviceEntry['caps'] = all, exp: number | null = null): DeviceEntry => ({
  key: deviceIdOf(key),
  caps,
  exp,
})

/** A document that follows another, with whatever is asked for: also ones that no honest program makes. */
export const following = (
  before: AnyDocument,
  { root, ...change }: { root: SigningKey } & Partial<Omit<DocumentBody, 'root'>>,
): Promise<AnyDocument> => {
  const { seq, next, devices } = before.body
  return seal(documentType, { seq: seq + 1, prev: before.id, root: deviceIdOf(root), next, devices, at: atSec, ...change }, root)
}

export const committed = (root: SigningKey): DocumentBody['next'] => commitmentTo(deviceIdOf(root))

let nonce = 0
export const suspension = (
  of: Pick<Chain, 'household'>,
  doc: AnyDocument,
  by: SigningKey,
  device: SigningKey | DeviceId,
): Promise<Suspension> =>
  createSuspension({
    household: of.household,
    doc,
    key: by,
    device: typeof device === 'string' ? device : deviceIdOf(device),
    atSec,
    random: (bytes) => new Uint8Array(bytes).fill(++nonce),
  })

/** The chain with these objects; those that do not fit are left out. */
export const plus = async (chain: Chain, objects: readonly (AnyDocument | Suspension)[]): Promise<Chain> =>
  (await extendChain(chain, bytesOfAll(objects))).chain

export const bytesOfAll = (objects: readonly (AnyDocument | Suspension)[]) => ({
  documents: objects.filter((object) => 'root' in object.body).map(({ bytes }) => bytes),
  suspensions: objects.filter((object) => !('root' in object.body)).map(({ bytes }) => bytes),
})

/** What a chain comes to, to compare two. */
export const gist = (chain: Chain): unknown => ({ ...chainBytes(chain), head: chain.head.id, disputed: chain.disputed.map(({ id }) => id) })
