import { isPorchlightError, limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import { openDocument, openGenesis, type AnyDocument, type HouseholdDocument } from './document.ts'
import { suspendsIn, suspensionFault } from './listing.ts'
import { faultBetween, resolveDocuments } from './resolve-documents.ts'
import { openSuspension, type Suspension } from './suspension.ts'

/** The signed objects of a chain as they are kept and sent: envelopes, the first document first. */
export interface ChainBytes {
  readonly documents: readonly Uint8Array[]
  readonly suspensions: readonly Uint8Array[]
}

/**
 * What is known of a household: its documents, and the suspensions by its devices. Immutable, and the same for any order in which the same
 * objects came. `devicesInForce` and `maySign` say what follows from it.
 */
export interface Chain {
  readonly household: HouseholdId
  readonly genesis: HouseholdDocument
  /** The newest document that nobody disputes. */
  readonly head: AnyDocument
  /** Documents after the head that are in dispute; empty unless two hands signed for this household. */
  readonly disputed: readonly AnyDocument[]
  /** Every document that counts or is in dispute, by number. */
  readonly documents: readonly AnyDocument[]
  /** Suspensions in force, one a device. */
  readonly suspensions: readonly Suspension[]
}

/** An object that was not taken in: its place in what was given, and why. */
export interface Refused {
  readonly what: 'document' | 'suspension'
  readonly at: number
  /**
   * A refusal of `open`; `document-prev` (follows nothing known here), `document-seq`, `document-root` (a rotation by somebody else's root),
   * `document-next`; `suspend-household`, `suspend-document` (not known here), `suspend-device`, `suspend-signer`; `chain-full`
   */
  readonly because: string
}

/** Whether two hands signed for this household: then nothing new of it counts until a rotation says which was its own. */
export const isFrozen = (chain: Chain): boolean => chain.disputed.length > 0

/** What to keep and to send of a chain. */
export const chainBytes = (chain: Chain): ChainBytes => ({
  documents: chain.documents.map(({ bytes }) => bytes),
  suspensions: chain.suspensions.map(({ bytes }) => bytes),
})

/** A chain of one document. */
export const chainOf = (genesis: HouseholdDocument): Chain => build(genesis, [genesis], [])

/**
 * Opens a chain that was kept or sent, the first document first and the rest in any order. Strict: one object that does not belong refuses the whole.
 *
 * @throws `BAD_REQUEST` with the `because` of the first object that was refused, `document-missing`, or as `openGenesis`; `TOO_LARGE` past `limits.chainLimitBytes`
 */
export async function openChain({ documents, suspensions }: ChainBytes): Promise<Chain> {
  const [first, ...rest] = documents
  if (!first) throw new PorchlightError('BAD_REQUEST', 'a chain without a document', { reason: 'document-missing' })
  const { chain, refused } = await extendChain(chainOf(await openGenesis(first)), { documents: rest, suspensions })
  const [fault] = refused
  if (fault)
    throw new PorchlightError('BAD_REQUEST', `not a chain: a ${fault.what} is refused, ${fault.because}`, { reason: fault.because })
  return chain
}

/**
 * Takes in further documents and suspensions, in any order; what is known already changes nothing. Each is judged by itself: a bad one keeps
 * no good one out. One that came without the document that it follows or names is refused and has to come again with it.
 *
 * @returns the same chain (`===`) when nothing changed
 * @throws  `TOO_LARGE` past `limits.chainLimitBytes`; nothing is opened then
 */
export async function extendChain(
  chain: Chain,
  more: ChainBytes,
): Promise<{ readonly chain: Chain; readonly refused: readonly Refused[] }> {
  checkSize(more)
  const documents = await openEach(more.documents, openDocument)
  const suspensions = await openEach(more.suspensions, openSuspension)
  const refused: Refused[] = []
  const known = new Map<ObjectId, AnyDocument>(chain.documents.map((document) => [document.id, document]))
  linkAll(known, documents, refused)
  const takeSuspensions = (among: ReadonlyMap<ObjectId, AnyDocument>): Suspension[] =>
    suspensions.flatMap((suspension, at) => {
      const because =
        typeof suspension === 'string'
          ? suspension
          : suspension.body.iss === chain.household
            ? suspensionFault(among, suspension)
            : 'suspend-household'
      if (because === undefined) return [suspension as Suspension]
      refused.push({ what: 'suspension', at, because })
      return []
    })
  const grown = build(chain.genesis, known.values(), [...chain.suspensions, ...takeSuspensions(known)])
  if (!isFull(grown)) return { chain: same(chain, grown) ? chain : grown, refused }
  // Whoever fills a chain must not keep a suspension out of it.
  const suspended = build(chain.genesis, chain.documents, [...chain.suspensions, ...takeSuspensions(byId(chain.documents))])
  return { chain: same(chain, suspended) ? chain : suspended, refused: [...refused, { what: 'document', at: 0, because: 'chain-full' }] }
}

/** Puts each document that follows a known one beside it, until none does. */
function linkAll(known: Map<ObjectId, AnyDocument>, documents: readonly (AnyDocument | string)[], refused: Refused[]): void {
  let waiting = [...documents.entries()]
  for (let before = -1; before !== waiting.length;) {
    before = waiting.length
    waiting = waiting.filter(([at, document]) => {
      if (typeof document === 'string') {
        refused.push({ what: 'document', at, because: document })
        return false
      }
      if (known.has(document.id)) return false
      const previous = document.body.prev === null ? undefined : known.get(document.body.prev)
      if (!previous) return true
      const because = faultBetween(previous, document)
      if (because) refused.push({ what: 'document', at, because })
      else known.set(document.id, document)
      return false
    })
  }
  for (const [at] of waiting) refused.push({ what: 'document', at, because: 'document-prev' })
}

/** The chain of these objects, without what can never count again. */
function build(genesis: HouseholdDocument, documents: Iterable<AnyDocument>, suspensions: readonly Suspension[]): Chain {
  const { kept, head, disputed } = resolveDocuments(genesis, documents)
  const known = byId(kept)
  const ends = tips({ head, disputed })
  const inForce = new Map<string, Suspension>()
  for (const suspension of suspensions) {
    const other = inForce.get(suspension.body.device)
    if (other && other.id <= suspension.id) continue
    if (ends.some((end) => suspendsIn(known, end, suspension))) inForce.set(suspension.body.device, suspension)
  }
  return {
    household: genesis.household,
    genesis,
    head,
    disputed,
    documents: kept,
    suspensions: [...inForce.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  }
}

/** The documents that nothing follows: the head, or the ends of a dispute. */
export function tips({ head, disputed }: Pick<Chain, 'head' | 'disputed'>): readonly AnyDocument[] {
  const followed = new Set(disputed.map(({ body }) => body.prev))
  return disputed.length === 0 ? [head] : disputed.filter(({ id }) => !followed.has(id))
}

const byId = (documents: readonly AnyDocument[]): Map<ObjectId, AnyDocument> =>
  new Map(documents.map((document) => [document.id, document]))

const same = (one: Chain, other: Chain): boolean =>
  one.documents.length === other.documents.length &&
  one.suspensions.length === other.suspensions.length &&
  one.documents.every(({ id }, at) => id === other.documents[at]!.id) &&
  one.suspensions.every(({ id }, at) => id === other.suspensions[at]!.id)

const sizeOf = ({ documents, suspensions }: ChainBytes): number =>
  [...documents, ...suspensions].reduce((sum, { byteLength }) => sum + byteLength, 0)

const isFull = (chain: Chain): boolean =>
  chain.documents.length > limits.documentsPerChain || sizeOf(chainBytes(chain)) > limits.chainLimitBytes

function checkSize(bytes: ChainBytes): void {
  const size = sizeOf(bytes)
  const objects = bytes.documents.length + bytes.suspensions.length
  if (size <= limits.chainLimitBytes && objects <= 2 * limits.documentsPerChain) return
  throw new PorchlightError(
    'TOO_LARGE',
    `chain of ${objects} objects and ${size} bytes, limits ${2 * limits.documentsPerChain} and ${limits.chainLimitBytes}`,
  )
}

/** Opens each, or says why not. */
async function openEach<T>(all: readonly Uint8Array[], openOne: (bytes: Uint8Array) => Promise<T>): Promise<(T | string)[]> {
  const opened: (T | string)[] = []
  for (const bytes of all) {
    try {
      opened.push(await openOne(bytes))
    } catch (error) {
      if (!isPorchlightError(error) || error.reason === undefined) throw error
      opened.push(error.reason)
    }
  }
  return opened
}
