import { limits } from '@porchlight/core'
import { signedType } from '@porchlight/wire'
import * as z from 'zod'
import { atMost, bytesUpTo, device, household, language, nonce, object, objects, sec } from './fields.ts'

// Objects that never leave the household: its devices tell them to each other, so that all of them decide alike.

/**
 * What only the owner keeps about a grant: how consent was given, for what, and what was seen. A grant is in force only on a device that holds it.
 *
 * @see protocols/consent/SPEC.md#given
 */
export const givenType = signedType(
  'given',
  1,
  {
    iss: household,
    dev: device,
    grant: object,
    how: z.enum(['click', 'rule', 'invite']),
    /** The app of this household that asked for it, and the persona; null where there is none. */
    app: atMost(limits.petnameChars).nullable(),
    persona: atMost(limits.petnameChars).nullable(),
    /** The room that the grant is about, for people. */
    service: atMost(limits.locationChars),
    /** Blocks of the recipient that the person knew of and overrode. A block that is not here defeats the grant. */
    blocks: z.array(object).max(limits.grantsPerRevocation).readonly(),
    /** The exact text that was shown, as UTF-8, for it has lines; its hash is in the grant. */
    shown: z.strictObject({ text: bytesUpTo(limits.shownTextBytes), lang: language }),
    at: sec,
  },
  limits.shownTextBytes + limits.objectLimitBytes,
)
export type GivenBody = z.infer<(typeof givenType)['schema']>

/** Our "no" to an ask. The asker is never told. @see protocols/consent/SPEC.md#deny */
export const denyType = signedType('deny', 1, { iss: household, dev: device, ask: object, at: sec, nonce })
export type DenyBody = z.infer<(typeof denyType)['schema']>

/** Nothing of this household is given to that one any more: under one protocol, or (null) at all. @see protocols/consent/SPEC.md#block */
export const blockType = signedType('block', 1, {
  iss: household,
  dev: device,
  household,
  protocol: z.string().max(limits.protocolIdChars).nullable(),
  at: sec,
  nonce,
})
export type BlockBody = z.infer<(typeof blockType)['schema']>

/** Lifts blocks that the signer has seen. @see protocols/consent/SPEC.md#unblock */
export const unblockType = signedType('unblock', 1, { iss: household, dev: device, blocks: objects, at: sec, nonce })
export type UnblockBody = z.infer<(typeof unblockType)['schema']>

/**
 * What is over is forgotten on every device of the household: agreements and asks by their ids, once their own time has passed there too.
 *
 * @see protocols/consent/SPEC.md#erase
 */
export const eraseType = signedType('erase', 1, { iss: household, dev: device, over: objects, at: sec, nonce })

/** Everything stops, on every device that hears of it. @see protocols/consent/SPEC.md#pause */
export const pauseType = signedType('pause', 1, { iss: household, dev: device, at: sec, nonce })
export type PauseBody = z.infer<(typeof pauseType)['schema']>

/** Lifts pauses that the signer has seen, and confirms suspended grants one by one. @see protocols/consent/SPEC.md#resume */
export const resumeType = signedType('resume', 1, {
  iss: household,
  dev: device,
  pauses: z.array(object).max(limits.grantsPerRevocation).readonly(),
  grants: z.array(object).max(limits.grantsPerRevocation).readonly(),
  at: sec,
  nonce,
})
export type ResumeBody = z.infer<(typeof resumeType)['schema']>

/**
 * How this household knows another. The newest one of a household counts: the highest `at`, then the highest id. `at` of a later one is
 * above that of every one its signer has seen. One that removes the contact ends every grant to it that does not name it, and the asks that it lists.
 *
 * @see protocols/consent/SPEC.md#contact
 */
export const contactType = signedType(
  'contact',
  1,
  {
    iss: household,
    dev: device,
    household,
    removed: z.boolean(),
    petname: atMost(limits.petnameChars),
    selfChosenName: atMost(limits.petnameChars).nullable(),
    level: z.enum(['unverified', 'introduced', 'compared']),
    /** The contact's household documents and suspensions as the signer had them, the first document first. Each proves itself. */
    documents: z
      .array(bytesUpTo(limits.objectLimitBytes + limits.envelopeOverheadBytes))
      .max(limits.documentsPerChain)
      .readonly(),
    suspensions: z
      .array(bytesUpTo(limits.objectLimitBytes + limits.envelopeOverheadBytes))
      .max(limits.documentsPerChain)
      .readonly(),
    /** Devices that showed themselves as the contact's, sorted. */
    devices: z
      .array(device)
      .max(limits.documentsPerChain * limits.devicesPerHousehold)
      .readonly(),
    addresses: z.array(atMost(limits.addressChars)).max(limits.addressesPerHousehold).readonly(),
    /** Asks of the contact that end with its removal. */
    over: z.array(object).max(limits.grantsPerRevocation).readonly(),
    since: sec,
    at: sec,
    nonce,
  },
  limits.contactLimitBytes,
)
export type ContactBody = z.infer<(typeof contactType)['schema']>
