import type { Door, ManifestBody } from '@porchlight/core'
import { limitNames } from './limit-set.ts'

/**
 * What the code on the owner's side really enforces for a grant, by the key that a claim names. A line of a consent text may only claim
 * "enforced" when its key is here, or when it names a limit that no grant can be without; everything else is somebody's promise or plain
 * information.
 */
export const gateRules: Readonly<Record<string, string>> = {
  what: 'the gate admits a method only under a scope that the grant names, at a location that it names',
  who: 'noise proves which device calls, and the household document proves whose device it is',
  not: 'everything that no grant names is refused by default',
  until: 'a grant cannot be made without an end, and live streams end within one second of it',
  withdraw: 'a revocation ends live streams in the same tick and admits no further call',
  ifRefused: 'every refusal sends the same bytes, whatever its reason',
}

/** The same for the doors of Porchlight's own protocols, which no grant opens. */
const doorRules: Readonly<Record<Exclude<Door, 'grant'>, Readonly<Record<string, string>>>> = {
  contact: {
    what: 'this door leads to the methods of this protocol and to nothing else',
    who: 'noise proves which device calls, and the household document proves that it is a device of a contact',
    withdraw: 'a household that is no contact any more is refused, and its calls under way end',
    ifRefused: gateRules['ifRefused']!,
  },
  anyone: {
    what: 'this door leads to the methods of this protocol and to nothing else',
    ifRefused: gateRules['ifRefused']!,
  },
}

/**
 * What backs a claim of "enforced": a rule of the gate, or a limit of the closed set that every scope carries in its `max`, so that no grant
 * can be made without it.
 *
 * @returns `undefined` when nothing does
 */
export function enforcedBy(manifest: ManifestBody, key: string, door: Door = 'grant'): string | undefined {
  const rules = door === 'grant' ? gateRules : doorRules[door]
  if (Object.hasOwn(rules, key)) return rules[key]
  const limit = limitNames.find((name) => name === key)
  const isBound = limit !== undefined && manifest.scopes.length > 0 && manifest.scopes.every(({ max }) => max[limit] !== undefined)
  return isBound ? `every grant carries ${limit}, and the gate counts it` : undefined
}
