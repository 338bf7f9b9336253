import type { DeviceId, ObjectId } from '@porchlight/core'
import { isFrozen, tips, type Chain } from './chain.ts'
import { capabilities, type AnyDocument, type Capability, type DeviceEntry } from './document.ts'
import { entryIn } from './listing.ts'

/**
 * The devices that speak for a household at that time: named by its newest document, not suspended, not expired. While documents are in
 * dispute: those that all of them name, as the last undisputed one did, with the capabilities and the time that all of them allow.
 *
 * @param nowSec unix seconds
 */
export function devicesInForce(chain: Chain, nowSec: number): readonly DeviceEntry[] {
  return listed(chain).filter(({ key, exp }) => (exp === null || nowSec < exp) && !isSuspended(chain, key))
}

/** Every device that the household names, in force or not. In document order. */
export const listed = (chain: Chain): readonly DeviceEntry[] =>
  chain.head.body.devices.flatMap((entry) => {
    const others = chain.disputed.map((document) => entryIn(document, entry.key))
    return others.every((other) => other !== undefined) ? [others.reduce<DeviceEntry>(narrower, entry)] : []
  })

const narrower = (one: DeviceEntry, other: DeviceEntry): DeviceEntry => ({
  key: one.key,
  caps: capabilities.filter((cap) => one.caps.includes(cap) && other.caps.includes(cap)),
  exp: one.exp === null ? other.exp : other.exp === null ? one.exp : Math.min(one.exp, other.exp),
})

/** Whether a device of the household took this one out of force, and no document since put it in anew. */
export const isSuspended = (chain: Chain, device: DeviceId): boolean => chain.suspensions.some(({ body }) => body.device === device)

/** What a device must hold to sign an object for its household. Reducing authority is cheap: any device may. Types not listed here nobody may sign. */
const needed: Readonly<Record<string, Capability | 'any' | 'root'>> = {
  document: 'root',
  grant: 'grant',
  given: 'grant',
  resume: 'grant',
  unblock: 'grant',
  manifest: 'any',
  ask: 'any',
  receipt: 'any',
  deny: 'any',
  block: 'any',
  pause: 'any',
  revoke: 'any',
  renounce: 'any',
  suspend: 'any',
  erase: 'any',
  audit: 'any',
  checkpoint: 'any',
  contact: 'any',
}

/** What a device must hold to sign that type; `undefined` for a type that nobody may sign. */
export const neededFor = (type: string): Capability | 'any' | 'root' | undefined => (Object.hasOwn(needed, type) ? needed[type] : undefined)

const fits = (entry: DeviceEntry | undefined, need: Capability | 'any'): boolean =>
  entry !== undefined && (need === 'any' || entry.caps.includes(need))

/**
 * Whether a device may sign an object of that type for the household. While documents are in dispute nobody may grant.
 *
 * @param type  the object's `t`: `grant`, `revoke`; an unknown one nobody may sign
 * @param atSec when it was signed, or now
 */
export function maySign(chain: Chain, device: DeviceId, type: string, atSec: number): boolean {
  const need = neededFor(type)
  if (need === undefined) return false
  if (need === 'root') return tips(chain).some(({ body }) => body.root === device)
  if (need === 'grant' && isFrozen(chain)) return false
  return fits(
    devicesInForce(chain, atSec).find(({ key }) => key === device),
    need,
  )
}

/**
 * Whether a device could sign that type under the document that an object names, whatever became of it since: for objects of the past.
 *
 * @param doc  id of a document of the chain
 */
export function couldSign(chain: Chain, doc: ObjectId, device: DeviceId, type: string, atSec: number): boolean {
  const need = neededFor(type)
  const document: AnyDocument | undefined = chain.documents.find(({ id }) => id === doc)
  if (need === undefined || need === 'root' || !document) return false
  const entry = entryIn(document, device)
  return fits(entry, need) && (entry!.exp === null || atSec < entry!.exp)
}

/** Whether a device could sign that type under any document of the chain: for what a sibling took at its time, and tells now. */
export const onceCouldSign = (chain: Chain, device: DeviceId, type: string): boolean =>
  chain.documents.some(({ id }) => couldSign(chain, id, device, type, 0))
