import { equalBytes } from '@noble/curves/utils.js'
import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { deviceIdOf, seal, type SigningKey } from '@porchlight/wire'
import { extendChain, isFrozen, type Chain } from './chain.ts'
import { capabilities, commitmentTo, documentType, type AnyDocument, type DeviceEntry, type DocumentBody } from './document.ts'
import { isSuspended, listed } from './devices.ts'
import { isRotation } from './resolve-documents.ts'
import { rootKey } from './seed.ts'

/** What a new document does to the devices of a household. Entries are whole: an `add` or `change` says everything about its device. */
export interface DeviceChanges {
  readonly add?: readonly DeviceEntry[]
  /** Capabilities or expiry of devices that are named already. */
  readonly change?: readonly DeviceEntry[]
  readonly remove?: readonly DeviceId[]
}

const wrong = (reason: string, message: string): PorchlightError => new PorchlightError('BAD_REQUEST', message, { reason })

/**
 * Makes the next document. Suspended devices are left out of it: whoever holds the root looks at the devices anew, and one that comes back
 * does so by a document of its own, after this.
 *
 * @param seed   of this household: what `seedFromWords` gives
 * @param atSec  unix seconds
 * @returns      the chain with the new document
 * @throws `BAD_REQUEST` with reason `frozen` (only a rotation helps), `device-known`, `device-unknown`, `no-devices`, `devices-full`, `household` (another seed), `chain-full`
 */
export async function changeDevices(
  chain: Chain,
  changes: DeviceChanges,
  { seed, atSec }: { seed: Uint8Array; atSec: number },
): Promise<Chain> {
  if (isFrozen(chain)) throw wrong('frozen', 'the documents of this household are in dispute; rotate its root first')
  const devices = applyChanges(chain, changes)
  const root = await rootOf(chain.head, seed)
  const { body, id } = chain.head
  const next: DocumentBody = { seq: body.seq + 1, prev: id, root: body.root, next: body.next, devices: inOrder(devices), at: atSec }
  return extendedBy(chain, next, root.key)
}

function applyChanges(chain: Chain, { add = [], change = [], remove = [] }: DeviceChanges): DeviceEntry[] {
  const present = new Map(listed(chain).map((entry) => [entry.key, entry]))
  for (const key of [...remove, ...change.map((entry) => entry.key)])
    if (!present.has(key)) throw wrong('device-unknown', `${key} is no device of this household`)
  for (const { key } of add) if (present.has(key)) throw wrong('device-known', `${key} is a device of this household already`)
  for (const key of remove) present.delete(key)
  for (const key of present.keys()) if (isSuspended(chain, key)) present.delete(key)
  for (const entry of [...change, ...add]) if (!isSuspended(chain, entry.key)) present.set(entry.key, entry)
  return [...present.values()]
}

/**
 * Replaces the root by the one that was committed to. Everything that the old root signed and that this does not stand on is void, and
 * suspensions end: the devices are exactly those that are named here.
 *
 * @param devices  as they shall be from now on
 * @throws as `changeDevices`, and with reason `frozen` when it would stay in dispute, because somebody else rotated too
 */
export async function rotate(
  chain: Chain,
  devices: readonly DeviceEntry[],
  { seed, atSec }: { seed: Uint8Array; atSec: number },
): Promise<Chain> {
  const before = await newestOf(chain, seed)
  const { n } = await rootOf(before, seed)
  const [root, next] = await Promise.all([rootKey(seed, n + 1), rootKey(seed, n + 2)])
  const body: DocumentBody = {
    seq: before.body.seq + 1,
    prev: before.id,
    root: deviceIdOf(root),
    next: commitmentTo(deviceIdOf(next)),
    devices: inOrder(devices),
    at: atSec,
  }
  const rotated = await extendedBy(chain, body, root)
  if (isFrozen(rotated)) throw lost()
  return rotated
}

const lost = (): PorchlightError =>
  wrong('frozen', 'somebody else holds a later root of this household; make a new household and pair again')

/** The document that a rotation stands on: the newest undisputed one, or, when rotations are in dispute, one of them. */
async function newestOf(chain: Chain, seed: Uint8Array): Promise<AnyDocument> {
  const rotations = chain.disputed.filter(({ body }) => body.root !== chain.head.body.root)
  // Rotations that committed to different roots: one of them is not ours, and nothing that either follows can say which.
  if (rotations.some(({ body }) => !equalBytes(body.next, rotations[0]!.body.next))) throw lost()
  for (const candidate of rotations) {
    const before = chain.documents.find(({ id }) => id === candidate.body.prev)
    if (before && isRotation(before, candidate) && (await rootNumber(candidate, seed)) !== undefined) return candidate
  }
  return chain.head
}

/** The root key that signed a document, from the seed. @throws `BAD_REQUEST` with reason `household` when the seed has none like it */
export async function rootOf(document: AnyDocument, seed: Uint8Array): Promise<{ readonly n: number; readonly key: SigningKey }> {
  const n = await rootNumber(document, seed)
  if (n === undefined) throw wrong('household', 'the root of this household does not come from these words')
  return { n, key: await rootKey(seed, n) }
}

/** Rotations are counted by the document's number at most: each took one. */
async function rootNumber(document: AnyDocument, seed: Uint8Array): Promise<number | undefined> {
  for (let n = 0; n <= document.body.seq; n++) if (deviceIdOf(await rootKey(seed, n)) === document.body.root) return n
  return undefined
}

async function extendedBy(chain: Chain, body: DocumentBody, root: SigningKey): Promise<Chain> {
  if (body.devices.length === 0) throw wrong('no-devices', 'a household needs a device')
  if (body.devices.length > limits.devicesPerHousehold)
    throw wrong('devices-full', `${body.devices.length} devices, limit ${limits.devicesPerHousehold}`)
  const { bytes } = await seal(documentType, body, root)
  const { chain: grown, refused } = await extendChain(chain, { documents: [bytes], suspensions: [] })
  const [fault] = refused
  if (fault) throw wrong(fault.because, `the new document does not fit: ${fault.because}`)
  return grown
}

/** Capabilities in their one order, each once. */
const inOrder = (devices: readonly DeviceEntry[]): DeviceEntry[] =>
  devices.map(({ key, caps, exp }) => ({ key, caps: capabilities.filter((cap) => caps.includes(cap)), exp }))
