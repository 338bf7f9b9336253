import { equalBytes } from '@noble/curves/utils.js'
import type { ObjectId } from '@porchlight/core'
import { commitmentTo, type AnyDocument } from './document.ts'

/** What a set of documents that all follow from one first document comes to. */
export interface Resolved {
  /** The documents that still count, by number and then id: those that lead to the head, and the ones in dispute after it. */
  readonly kept: readonly AnyDocument[]
  /** The newest document that nobody disputes. */
  readonly head: AnyDocument
  /** Documents after the head, when there are several that could follow it: two hands signed for one household. */
  readonly disputed: readonly AnyDocument[]
}

/** Whether a document takes the place of the root: it is signed by the key that the one before committed to. */
export const isRotation = (before: AnyDocument, after: AnyDocument): boolean => before.body.root !== after.body.root

/** Why one document cannot follow another; `undefined` when it can. Both are signed by the root that they name. */
export function faultBetween(
  before: AnyDocument,
  after: AnyDocument,
): 'document-prev' | 'document-seq' | 'document-root' | 'document-next' | undefined {
  if (after.body.prev !== before.id) return 'document-prev'
  if (after.body.seq !== before.body.seq + 1) return 'document-seq'
  if (!isRotation(before, after)) return equalBytes(before.body.next, after.body.next) ? undefined : 'document-next'
  return equalBytes(before.body.next, commitmentTo(after.body.root)) ? undefined : 'document-root'
}

/**
 * Says which of several possible histories counts. Pure, and the same for any order of the same documents.
 *
 * Documents under one root make an epoch. A rotation ends it, and only the holder of the next root can make one: all that the old root signed
 * beside the line that the rotation stands on is void, however much of it there is and whenever it is seen. Without a rotation, two documents
 * that follow the same one are in dispute. Several rotations are in dispute until one that all of them committed to follows.
 *
 * @param all  the first document, and documents each of which may follow another one here (`faultBetween`)
 */
export function resolveDocuments(genesis: AnyDocument, all: Iterable<AnyDocument>): Resolved {
  const children = new Map<ObjectId, AnyDocument[]>()
  const byId = new Map<ObjectId, AnyDocument>([[genesis.id, genesis]])
  for (const document of all) {
    if (document.body.prev === null) continue
    byId.set(document.id, document)
    children.set(document.body.prev, [...(children.get(document.body.prev) ?? []), document])
  }
  const below = (starts: readonly AnyDocument[], goOn: (from: AnyDocument, to: AnyDocument) => boolean): AnyDocument[] => {
    const found = [...starts]
    for (let at = 0; at < found.length; at++) found.push(...(children.get(found[at]!.id) ?? []).filter((to) => goOn(found[at]!, to)))
    return found
  }

  let starts: readonly AnyDocument[] = [genesis]
  let open: readonly AnyDocument[]
  for (;;) {
    const epoch = below(starts, (from, to) => !isRotation(from, to))
    const rotations = epoch.flatMap((from) => (children.get(from.id) ?? []).filter((to) => isRotation(from, to)))
    if (rotations.length === 0) {
      open = epoch
      break
    }
    if (!rotations.every(({ body }) => equalBytes(body.next, rotations[0]!.body.next))) {
      open = below(rotations, () => true)
      break
    }
    starts = rotations
  }

  const keptIds = new Map<ObjectId, AnyDocument>(open.map((document) => [document.id, document]))
  for (const start of open) {
    for (let at = parentOf(byId, start); at && !keptIds.has(at.id); at = parentOf(byId, at)) keptIds.set(at.id, at)
  }
  const kept = [...keptIds.values()].toSorted((one, other) => one.body.seq - other.body.seq || (one.id < other.id ? -1 : 1))
  const next = new Map<ObjectId, AnyDocument[]>()
  for (const document of kept) if (document.body.prev) next.set(document.body.prev, [...(next.get(document.body.prev) ?? []), document])
  let head = genesis
  for (let only = next.get(head.id); only?.length === 1; only = next.get(head.id)) head = only[0]!
  return { kept, head, disputed: kept.filter(({ body }) => body.seq > head.body.seq) }
}

const parentOf = (byId: ReadonlyMap<ObjectId, AnyDocument>, document: AnyDocument): AnyDocument | undefined =>
  document.body.prev ? byId.get(document.body.prev) : undefined
