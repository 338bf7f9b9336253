import { PorchlightError } from './errors.ts'
import { appBounds as limits } from './limits-that-apps-meet.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A household: lower-case base32 (RFC 4648, multibase prefix `b`) of the sha-256 of its genesis document. 53 characters. */
export type HouseholdId = Branded<'HouseholdId'>
/** A device: the base58 text of its libp2p Ed25519 peer id (libp2p peer-ids spec). 52 characters, begins with `12D3KooW`. */
export type DeviceId = Branded<'DeviceId'>
/** A signed object: lower-case base32 (multibase prefix `b`) of the sha-256 of its payload. 53 characters. */
export type ObjectId = Branded<'ObjectId'>
/** A protocol: `/authority/name/MAJOR`, for instance `/porchlight/share/1`. */
export type ProtocolId = Branded<'ProtocolId'>

const sha256Base32 = /^b[a-z2-7]{52}$/
const peerId = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/
const protocolId = /^\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[1-9][0-9]{0,4}$/
const label = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/

function check<T extends string>(text: string, pattern: RegExp, maxChars: number, what: string): T {
  if (text.length <= maxChars && pattern.test(text)) return text as T
  throw new PorchlightError('BAD_REQUEST', `not ${what}: ${JSON.stringify(text.slice(0, 80))}`)
}

/** @throws `BAD_REQUEST` when the text is not a household id */
export const householdId = (text: string): HouseholdId => check(text, sha256Base32, 53, 'a household id')
/** @throws `BAD_REQUEST` when the text is not a device id */
export const deviceId = (text: string): DeviceId => check(text, peerId, 52, 'a device id')
/** @throws `BAD_REQUEST` when the text is not an object id */
export const objectId = (text: string): ObjectId => check(text, sha256Base32, 53, 'an object id')
/** @throws `BAD_REQUEST` when the text is not `/authority/name/MAJOR` */
export const parseProtocolId = (text: string): ProtocolId => check(text, protocolId, limits.protocolIdChars, 'a protocol id')
/**
 * A service name is one DNS label (RFC 1035, lower case), because it is the first part of `NAME.HOUSEHOLD.localhost`.
 *
 * @throws `BAD_REQUEST` when it is not
 */
export const serviceName = (text: string): string =>
  check(text, label, limits.serviceNameChars, 'a service name (a-z, 0-9 and -, at most 32 characters)')
