import type { Limits } from '@porchlight/core'
import type { GrantScope } from './index.ts'

/** One encoding for one set of limits; `''` for none. */
const nameOf = ({ bytesTotal, bytesPerDay, opsPerMin, streams, window }: Limits): string => {
  const amounts = [bytesTotal, bytesPerDay, opsPerMin, streams]
  if (window === undefined && amounts.every((amount) => amount === undefined)) return ''
  return JSON.stringify([amounts, window && [window.days, window.from, window.to, window.tz]])
}

/**
 * Which meter counts the calls under each scope of a grant: scopes with the same limits share one, which bears the first one's id, so that
 * "at most 2 GB" means 2 GB. A scope without limits has none.
 *
 * @see protocols/consent/SPEC.md#limits-of-a-grant
 */
export function meterGroups(scopes: readonly GrantScope[]): ReadonlyMap<string, string> {
  const firsts = new Map<string, string>()
  const groups = new Map<string, string>()
  for (const { id, max } of scopes) {
    const name = nameOf(max)
    if (name === '') continue
    if (!firsts.has(name)) firsts.set(name, id)
    groups.set(id, firsts.get(name)!)
  }
  return groups
}

/**
 * Whether a call that runs under scope `one` may also use what `other` allows: only where the same meter counts it, or none has to.
 * A method that needs one scope would otherwise carry the rights of another past that one's limits.
 */
export const ridesAlong = (groups: ReadonlyMap<string, string>, one: string, other: string): boolean =>
  !groups.has(other) || groups.get(other) === groups.get(one)
