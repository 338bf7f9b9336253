import { deviceId, householdId, limits, objectId, type DeviceId, type HouseholdId, type ObjectId } from '@porchlight/core'
import { signedType } from '@porchlight/wire'
import * as z from 'zod'

const checked = <T extends string>(check: (text: string) => T) =>
  z.custom<T>((value) => {
    try {
      return typeof value === 'string' && check(value) === value
    } catch {
      return false
    }
  })

const household = checked<HouseholdId>(householdId)
const device = checked<DeviceId>(deviceId)
const object = checked<ObjectId>(objectId)
const sec = z.int().nonnegative()
const nonce = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.byteLength === 16, 'not 16 bytes')
const name = z.string().min(1).max(limits.petnameChars)
/** The newest acts that the signer had seen; with theirs they are the act's past. */
const after = z.array(object).max(limits.communityHeads).readonly()

/** What a member may do. A steward may admit and remove. */
export const roles = ['member', 'steward'] as const
export type Role = (typeof roles)[number]

/**
 * Begins a community; its id is the community's id. The founder is its first steward. `fork` says where it comes from: another community, as of
 * those acts. It needs nobody's leave, and it makes nobody but its founder a member.
 */
export const charterType = signedType('charter', 1, {
  iss: household,
  dev: device,
  name,
  fork: z.strictObject({ community: object, heads: after }).nullable(),
  at: sec,
  nonce,
})
export type CharterBody = z.infer<(typeof charterType)['schema']>

/** A steward's half of a membership; the member's own `join` is the other. */
export const admitType = signedType('admit', 1, {
  iss: household,
  dev: device,
  community: object,
  member: household,
  role: z.enum(roles),
  after,
  at: sec,
  nonce,
})
export type AdmitBody = z.infer<(typeof admitType)['schema']>

/** A household's own signature under one admission. */
export const joinType = signedType('join', 1, { iss: household, dev: device, community: object, admit: object, after, at: sec, nonce })
export type JoinBody = z.infer<(typeof joinType)['schema']>

/** Ends a membership: by a steward, or by the member itself. It ends every admission that did not see it. */
export const removeType = signedType('remove', 1, {
  iss: household,
  dev: device,
  community: object,
  member: household,
  reason: z.string().max(limits.whyChars).nullable(),
  after,
  at: sec,
  nonce,
})
export type RemoveBody = z.infer<(typeof removeType)['schema']>

/** One signed act of a community whose signature and signer were checked. */
export type Act =
  | { readonly t: 'charter'; readonly id: ObjectId; readonly body: CharterBody }
  | { readonly t: 'admit'; readonly id: ObjectId; readonly body: AdmitBody }
  | { readonly t: 'join'; readonly id: ObjectId; readonly body: JoinBody }
  | { readonly t: 'remove'; readonly id: ObjectId; readonly body: RemoveBody }
