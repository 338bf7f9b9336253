import { sha256 } from '@noble/hashes/sha2.js'
import { deviceId, householdId, limits, objectId, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import { deviceIdOf, open, seal, signedType, type Signed } from '@porchlight/wire'
import * as z from 'zod'
import { nextRootKey, rootKey } from './seed.ts'

/** What a device of a household may do. `serve`: speak for it; `grant`: give consent; `revoke`: kept for a later document; `govern`: act in communities. */
export const capabilities = ['serve', 'grant', 'revoke', 'govern'] as const
export type Capability = (typeof capabilities)[number]

/** Accepts a text that `parse` accepts, and hands on what it returns. */
const parsed = <T extends string>(parse: (text: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'not an id' })
      return z.NEVER
    }
  })

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
  next: z.instanceof(Uint8Array).refine((hash) => hash.byteLength === 32),
  devices: z
    .array(deviceEntry)
    .min(1)
    .max(limits.devicesPerHousehold)
    .refine((devices) => new Set(devices.map(({ key }) => key)).size === devices.length),
  /** When it was made, unix seconds by its maker's clock. */
  at: seconds,
})
export type DocumentBody = typeof documentType extends { schema: z.ZodType<infer Body> } ? Body : never

/** A document whose every check passed, and whose household it is. */
export interface HouseholdDocument extends Signed<DocumentBody> {
  readonly household: HouseholdId
}

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
  const [root, next] = await Promise.all([rootKey(seed, 0), nextRootKey(seed, 0)])
  const body: DocumentBody = {
    seq: 0,
    prev: null,
    root: deviceIdOf(root),
    next: sha256(next.publicKey.raw),
    devices: [{ key: device, caps: [...capabilities], exp: null }],
    at: atSec,
  }
  const signed = await seal(documentType, body, root)
  return { ...signed, household: householdId(signed.id) }
}

const refuse = (reason: string, what: string): never => {
  throw new PorchlightError('BAD_REQUEST', `not a household's genesis document: ${what}`, { reason })
}

/**
 * Opens a genesis document. It is signed by the root that it names; later documents (rotation, more devices) are not spoken yet and refused.
 *
 * @throws `BAD_REQUEST` with the refusal of `open` as its reason, `document-seq` for a later document, `document-prev` for a first one that names a predecessor, or `document-devices` for one with more than one device
 */
export async function openGenesis(bytes: Uint8Array): Promise<HouseholdDocument> {
  const opened = await open(documentType, bytes, (signer, body) => signer === body.root || body.seq > 0)
  if (!opened.ok) return refuse(opened.because, opened.because)
  const { object } = opened
  if (object.body.seq !== 0) return refuse('document-seq', `seq ${object.body.seq}, only 0 is spoken`)
  if (object.body.prev !== null) return refuse('document-prev', 'a first document has no predecessor')
  // A household begins with one device. Nothing here is signed by the devices, so a second one could be anybody's: its calls would count as this household's.
  if (object.body.devices.length !== 1) return refuse('document-devices', `${object.body.devices.length} devices, a first document has one`)
  return { ...object, household: householdId(object.id) }
}

/** The devices that speak for a household at that time. */
export function devicesOf(document: HouseholdDocument, nowSec: number): readonly DeviceEntry[] {
  return document.body.devices.filter(({ exp }) => exp === null || nowSec < exp)
}

/** What a device must hold to sign an object for its household. Reducing authority is cheap: any device may. Types not listed here nobody may sign. */
const needed: Readonly<Record<string, Capability | 'any' | 'root'>> = {
  document: 'root',
  grant: 'grant',
  receipt: 'any',
  ask: 'any',
  revoke: 'any',
  renounce: 'any',
  audit: 'any',
  manifest: 'any',
}

/**
 * Whether a device may sign an object of that type for the household.
 *
 * @param type  the object's `t`: `grant`, `revoke`; an unknown one nobody may sign
 * @param atSec when it was signed, or now
 */
export function maySign(document: HouseholdDocument, device: DeviceId, type: string, atSec: number): boolean {
  const need = Object.hasOwn(needed, type) ? needed[type] : undefined
  if (need === undefined) return false
  if (need === 'root') return device === document.body.root
  const entry = devicesOf(document, atSec).find(({ key }) => key === device)
  return entry !== undefined && (need === 'any' || entry.caps.includes(need))
}
