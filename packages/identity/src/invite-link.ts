import { cleanText, deviceId, householdId, isCleanText, limits, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import { decodeCanonical, encodeCanonical } from '@porchlight/wire'
import * as z from 'zod'
import { fromBase64url, toBase64url } from './base64url.ts'

/** Bytes of an invite's secret: 128 bits, used once. */
export const inviteSecretBytes = 16

/** What an invite link carries: where to knock, whom to expect there, and the secret that opens once. */
export interface InviteData {
  /** The device that made the invite and answers it. */
  readonly device: DeviceId
  readonly household: HouseholdId
  /** Multiaddr texts, best first, at most `limits.addressesPerHousehold`; so are `relays` and `bootstraps`. */
  readonly addresses: readonly string[]
  readonly relays: readonly string[]
  readonly bootstraps: readonly string[]
  readonly secret: Uint8Array
  /** Unix seconds after which the inviter refuses it. */
  readonly exp: number
  /** What the inviter calls itself: untrusted, show it with `quoted`. */
  readonly name?: string | undefined
}

const prefix = 'porchlight:invite/'
const is = (check: (text: string) => unknown) => (text: string) => {
  try {
    return check(text) !== false
  } catch {
    return false
  }
}

/** The text form of a multiaddr, as far as it can be judged without resolving it. */
const address = z
  .string()
  .max(limits.addressChars)
  .regex(/^(\/[A-Za-z0-9._:%~=+-]+)+$/)
const addresses = z.array(address).max(limits.addressesPerHousehold)

const schema = z.strictObject({
  v: z.literal(1),
  device: z.string().refine(is(deviceId)),
  household: z.string().refine(is(householdId)),
  addresses,
  relays: addresses,
  bootstraps: addresses,
  secret: z.instanceof(Uint8Array).refine((secret) => secret.byteLength === inviteSecretBytes),
  exp: z.int().min(0),
  name: z
    .string()
    .refine((name) => isCleanText(name) && is((text) => cleanText(text, 'name', limits.petnameChars) === text)(name))
    .optional(),
})

const refuse = (reason: string, message: string): PorchlightError => new PorchlightError('BAD_REQUEST', message, { reason })

/**
 * The invite as a link: `porchlight:invite/` and the base64url of its canonical CBOR.
 *
 * @throws `BAD_REQUEST` when a field is not as it must be, `TOO_LARGE` past `limits.inviteLimitBytes`
 * @see protocols/invite/SPEC.md#link
 */
export function encodeInvite(invite: InviteData): string {
  const { name, ...rest } = invite
  const read = schema.safeParse({ ...rest, ...(name === undefined ? {} : { name }), v: 1 })
  if (!read.success) throw refuse('invite-fields', `not an invite: ${z.prettifyError(read.error)}`)
  const bytes = encodeCanonical(read.data)
  if (bytes.byteLength > limits.inviteLimitBytes)
    throw new PorchlightError('TOO_LARGE', `invite of ${bytes.byteLength} bytes, limit ${limits.inviteLimitBytes}`)
  return `${prefix}${toBase64url(bytes)}`
}

/**
 * Reads a link that a person pasted or scanned. Whether it still opens anything, only the inviter knows; `exp` lets us say so early.
 *
 * @param link   surrounding white space is ignored
 * @param nowSec unix seconds
 * @throws `BAD_REQUEST` with reason `invite-link` (not such a link), `invite-fields` (a newer or broken one) or `invite-expired`; `TOO_LARGE`
 */
export function decodeInvite(link: string, nowSec: number): InviteData {
  const text = link.trim()
  if (!text.startsWith(prefix)) throw refuse('invite-link', `not an invite link: it begins with ${prefix}`)
  const body = text.slice(prefix.length)
  if (body.length > Math.ceil((limits.inviteLimitBytes * 4) / 3))
    throw new PorchlightError('TOO_LARGE', `invite link of ${text.length} characters`)
  let bytes
  try {
    bytes = fromBase64url(body)
  } catch {
    throw refuse('invite-link', 'the invite link is damaged: copy all of it')
  }
  const read = decodeCanonical(bytes)
  if (!read.ok) throw refuse('invite-link', 'the invite link is damaged: copy all of it')
  const parsed = schema.safeParse(read.value)
  if (!parsed.success) throw refuse('invite-fields', 'the invite was made by a version that this one does not understand')
  const { v: _, device, household, ...rest } = parsed.data
  if (nowSec >= rest.exp) throw refuse('invite-expired', 'the invite has expired: ask for a new one')
  return { ...rest, device: deviceId(device), household: householdId(household) }
}
