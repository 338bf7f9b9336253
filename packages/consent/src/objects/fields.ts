import { deviceId, householdId, limits, objectId, parseLocation, type DeviceId, type HouseholdId, type ObjectId } from '@porchlight/core'
import * as z from 'zod'

/** True when the core check accepts the text. */
export const passes = (check: (text: string) => unknown, value: unknown): boolean => {
  try {
    return typeof value === 'string' && (check(value), true)
  } catch {
    return false
  }
}

export const household = z.custom<HouseholdId>((value) => passes(householdId, value), 'not a household id')
export const device = z.custom<DeviceId>((value) => passes(deviceId, value), 'not a device id')
export const object = z.custom<ObjectId>((value) => passes(objectId, value), 'not an object id')
export const location = z.string().refine((text) => passes(parseLocation, text), 'not a location')
/** Unix seconds. */
export const sec = z.int().nonnegative()
export const bytesOf = (length: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.byteLength === length, `not ${length} bytes`)
export const bytesUpTo = (most: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.byteLength > 0 && value.byteLength <= most, `not 1 to ${most} bytes`)
export const nonce = bytesOf(16)
export const atMost = (chars: number) => z.string().refine((text) => [...text].length <= chars, `longer than ${chars} characters`)
export const word = z.string().regex(/^[A-Za-z][A-Za-z0-9:._/-]{0,63}$/)
export const words = z.array(word).max(limits.wordsPerList).readonly()
export const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
export const line = atMost(limits.textChars).min(1)
export const text = z
  .record(language, line)
  .refine((lines) => Object.keys(lines).length >= 1 && Object.keys(lines).length <= limits.wordsPerList, 'no language, or too many')
/** Ids of the objects that one object is about. */
export const objects = z.array(object).min(1).max(limits.grantsPerRevocation).readonly()
