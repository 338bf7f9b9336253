import type { DeviceId, ObjectId } from '@porchlight/core'
import type { AnyDocument, DeviceEntry } from './document.ts'
import { isRotation } from './resolve-documents.ts'
import type { Suspension } from './suspension.ts'

/** Documents by their id; all that lead to a document are in it. */
export type Documents = ReadonlyMap<ObjectId, AnyDocument>

export const entryIn = (document: AnyDocument, device: DeviceId): DeviceEntry | undefined =>
  document.body.devices.find(({ key }) => key === device)

/**
 * Where the present listing of a device began: the document that added it, or the last rotation. A device that was taken out and put in
 * again has a new listing, and so have all devices after a rotation: somebody with the root looked at them anew.
 *
 * @returns `undefined` when the document does not name the device
 */
export function listingOf(documents: Documents, document: AnyDocument, device: DeviceId): ObjectId | undefined {
  if (!entryIn(document, device)) return undefined
  let first = document
  for (;;) {
    const before = first.body.prev ? documents.get(first.body.prev) : undefined
    if (!before || isRotation(before, first) || !entryIn(before, device)) return first.id
    first = before
  }
}

/**
 * Why a suspension says nothing about this household; `undefined` when it does. Its signer has to be in the document that it names, and so
 * has the device. A signer that is suspended itself still may: two devices that suspend each other are both out, in any order.
 */
export function suspensionFault(documents: Documents, { body }: Suspension): string | undefined {
  const seen = documents.get(body.doc)
  if (!seen || seen.body.seq !== body.seq) return 'suspend-document'
  const signer = entryIn(seen, body.dev)
  if (!signer || (signer.exp !== null && body.at >= signer.exp)) return 'suspend-signer'
  return entryIn(seen, body.device) ? undefined : 'suspend-device'
}

/** Whether a suspension reaches a document: the device is in it by the same listing that the suspension saw, before it or after. */
export function suspendsIn(documents: Documents, document: AnyDocument, { body }: Suspension): boolean {
  const listing = listingOf(documents, document, body.device)
  const seen = documents.get(body.doc)
  return listing !== undefined && seen !== undefined && listingOf(documents, seen, body.device) === listing
}
