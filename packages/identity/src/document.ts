import { equalBytes } from '@noble/curves/utils.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { deviceId, householdId, limits, objectId, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import { deviceIdOf, open, rawKeyOf, seal, signedType, type Signed } from '@porchlight/wire'
import * as z from 'zod'
import { rootKey } from './seed.ts'

/**
 * What a device of a household may do. `serve`: answer the calls of contacts; `grant`: give consent and lift what was taken away;
 * `revoke`: nothing more, since any device may take authority away; `govern`: act in communities.
 */
export const capabilities = ['serve', 'grant', 'revoke', 'govern'] as const
export type Capability = (typeof capabilities)[number]

/** A field that holds the text of an id: what `parse` accepts, and what it returns. */
export const parsed = <T extends string>(parse: (text: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'not an id' })
      return z.NEVER
    }
  })

/** A field that holds exactly that many bytes. */
export const bytesOf = (length: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.byteLength === length, `not ${length} bytes`)

const seconds = z.int().min(0)

const deviceEntry = z.strictObject({
  key: parsed(deviceId),
  /** In the order of `capabilities`, each at most once, so that one set has one encoding. */
  caps: z
    .array(z.enum(capabilities))
    .refine((caps) => caps.every((cap, at) => at === 0 || capabilities.indexOf(caps[at - 1]!) < capabilities.indexOf(cap))),
  /** Unix seconds; `null` is "until the next document". */
  exp: seconds.nullable(),
})

/** One device of a household, as its document names it. */
export type DeviceEntry = z.infer<typeof deviceEntry>

/**
 * The household document: which devices speak for a household, signed by its root key. The name of a household is not in it:
 * a name is chosen by whoever looks (a petname), or said beside the document (a self-chosen name).
 */
export const documentType = signedType('document', 1, {
  seq: z.int().min(0),
  prev: parsed(objectId).nullable(),
  /** Public key of the root, in the text form of a device id. */
  root: parsed(deviceId),
  /** sha-256 of the next root's public key, 32 bytes: only its holder can rotate. */
  next: bytesOf(32),
  devices: z
    .array(deviceEntry)
    .min(1)
    .max(limits.devicesPerHousehold)
    .refine((devices) => new Set(devices.map(({ key }) => key)).size === devices.length),
  /** When it was made, unix seconds by its maker's clock. */
  at: seconds,
})
export type DocumentBody = typeof documentType extends { schema: z.ZodType<infer Body> } ? Body : never

/** A document whose own checks passed: bytes, schema, and the signature of the root that it names. Whether it follows another is the chain's to say. */
export type AnyDocument = Signed<DocumentBody>

/** The first document of a household, which is the household: its id is the hash of this document. */
export interface HouseholdDocument extends AnyDocument {
  readonly household: HouseholdId
}

/** What `next` has to be for a root key: the hash hides the key until the day it signs. */
export const commitmentTo = (root: DeviceId): Uint8Array => sha256(rawKeyOf(root))

/**
 * Makes the first document of a household, and so the household.
 *
 * @param seed   32 random bytes that root and next root are derived from
 * @param device the one device it begins with; it gets every capability
 * @param atSec  unix seconds
 */
export async function createGenesis({
  seed,
  device,
  atSec,
}: {
  seed: Uint8Array
  device: DeviceId
  atSec: number
}): Promise<HouseholdDocument> {
  const [root, next] = await Promise.all([rootKey(seed, 0), rootKey(seed, 1)])
  const body: DocumentBody = {
    seq: 0,
    prev: null,
    root: deviceIdOf(root),
    next: commitmentTo(deviceIdOf(next)),
    devices: [{ key: device, caps: [...capabilities], exp: null }],
    at: atSec,
  }
  const signed = await seal(documentType, body, root)
  return { ...signed, household: householdId(signed.id) }
}

/** Why bytes are not a document, or not the one that is needed here. */
export const refuse = (reason: string, what: string): never => {
  throw new PorchlightError('BAD_REQUEST', `not a document of this household: ${what}`, { reason })
}

/**
 * Opens any document of a household by itself.
 *
 * @throws `BAD_REQUEST` with the refusal of `open` as its reason, or `document-next` when it commits to the root that signs it: then whoever holds that root could rotate
 */
export async function openDocument(bytes: Uint8Array): Promise<AnyDocument> {
  const opened = await open(documentType, bytes, (signer, body) => signer === body.root)
  if (!opened.ok) return refuse(opened.because, opened.because)
  const { object } = opened
  if (equalBytes(object.body.next, commitmentTo(object.body.root))) return refuse('document-next', 'it names its own root as the next one')
  return object
}

/**
 * Opens a first document.
 *
 * @throws as `openDocument`, and with reason `document-seq` for a later document, `document-prev` for a first one that names a predecessor, or `document-devices` for one with more than one device
 */
export async function openGenesis(bytes: Uint8Array): Promise<HouseholdDocument> {
  const object = await openDocument(bytes)
  if (object.body.seq !== 0) return refuse('document-seq', `seq ${object.body.seq}, a first document has 0`)
  if (object.body.prev !== null) return refuse('document-prev', 'a first document has no predecessor')
  // A household begins with one device. Nothing here is signed by the devices, so a second one could be anybody's: its calls would count as this household's.
  if (object.body.devices.length !== 1) return refuse('document-devices', `${object.body.devices.length} devices, a first document has one`)
  return { ...object, household: householdId(object.id) }
}
