import { deviceId, householdId, objectId, type DeviceId, type HouseholdId, type ObjectId } from '@porchlight/core'
import { deviceIdOf, openOrThrow, seal, signedType, type Signed, type SigningKey } from '@porchlight/wire'
import * as z from 'zod'
import { bytesOf, parsed } from './document.ts'

/**
 * Takes a device out of force. Any device of the household may sign it, for itself too: reducing authority is cheap.
 *
 * @see protocols/household/SPEC.md#suspend
 */
export const suspendType = signedType('suspend', 1, {
  iss: parsed(householdId),
  dev: parsed(deviceId),
  /** Whom it suspends. */
  device: parsed(deviceId),
  /** The newest document that its signer knew; it names both devices. */
  doc: parsed(objectId),
  /** The number of that document. */
  seq: z.int().min(0),
  at: z.int().min(0),
  nonce: bytesOf(16),
})
export type SuspendBody = typeof suspendType extends { schema: z.ZodType<infer Body> } ? Body : never
export type Suspension = Signed<SuspendBody>

/**
 * Signs a suspension with the key of a device.
 *
 * @param doc  the newest document that is known here: `chain.head`
 */
export function createSuspension({
  household,
  device,
  doc,
  key,
  atSec,
  random,
}: {
  household: HouseholdId
  device: DeviceId
  doc: { readonly id: ObjectId; readonly body: { readonly seq: number } }
  key: SigningKey
  atSec: number
  random: (bytes: number) => Uint8Array
}): Promise<Suspension> {
  const body = { iss: household, dev: deviceIdOf(key), device, doc: doc.id, seq: doc.body.seq, at: atSec, nonce: random(16) }
  return seal(suspendType, body, key)
}

/** Opens a suspension by itself: signed by the device that it names as its signer. Whether that one may is the chain's to say. @throws `BAD_REQUEST` with the refusal of `open` */
export const openSuspension = (bytes: Uint8Array): Promise<Suspension> =>
  openOrThrow(suspendType, bytes, (signer, body) => signer === body.dev)
