import type { HouseholdId, ObjectId } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import type { FactKind } from '../ledger/ledger.ts'
import { FactIndex, type FactOf, type KnownFact } from '../sync/fact-index.ts'
import { sampleManifest } from './sample-manifest.ts'
import { householdOf } from './two-sides.ts'

export const [ana, ben, eve] = ['ana', 'ben', 'eve'].map(householdOf) as [HouseholdId, HouseholdId, HouseholdId]
export const idFor = (name: string): ObjectId => idOf(new TextEncoder().encode(name))
export const nowSec = 1_800_000_000
export const proto = sampleManifest.proto

/** A fact as the index holds it: unsigned, and with no more in its body than the rules look at. */
export function made<K extends FactKind>(kind: K, name: string, body: Partial<Record<keyof FactOf<K>['body'], unknown>>): KnownFact {
  return { kind, id: idFor(name), bytes: new TextEncoder().encode(name), body } as unknown as KnownFact
}
export const factsWith = (...facts: KnownFact[]): FactIndex => {
  const index = new FactIndex()
  for (const fact of facts) index.add(fact)
  return index
}
/** Of several names the one whose id is least. */
export const leastOf = (...names: string[]): string => names.toSorted((one, other) => (idFor(one) < idFor(other) ? -1 : 1))[0]!

export const text = made('manifest', 'text', sampleManifest)
export const grantOf = (name: string, change: object = {}): KnownFact =>
  made('grant', name, {
    iss: ana,
    aud: { household: ben },
    manifest: idFor('text'),
    scopes: ['use', 'upload'].map((id) => ({ id, locations: ['a'], max: {} })),
    purposes: [],
    nbf: nowSec,
    exp: nowSec + 1,
    ask: null,
    renews: null,
    ...change,
  })
export const given = made('given', 'given', { iss: ana, grant: idFor('g'), blocks: [idFor('overridden')] })
export const receipt = (name: string, change: object = {}): KnownFact =>
  made('receipt', name, { iss: ben, grant: idFor('g'), accepts: ['use', 'upload'], ...change })
export const revoke = (name: string, change: object = {}): KnownFact =>
  made('revoke', name, { iss: ana, grants: [idFor('g')], erasure: 'none', at: nowSec - 5, ...change })
export const renounce = (name: string, change: object = {}): KnownFact =>
  made('renounce', name, { iss: ben, grants: [idFor('g')], erased: 'no', at: nowSec - 5, ...change })
export const contact = (name: string, change: object = {}): KnownFact =>
  made('contact', name, { iss: ana, household: ben, removed: true, over: [], at: nowSec - 5, ...change })
export const deny = (name: string, change: object = {}): KnownFact =>
  made('deny', name, { iss: ana, ask: idFor('asked'), at: nowSec - 5, ...change })
export const block = (name: string, change: object = {}): KnownFact =>
  made('block', name, { iss: ana, household: ben, protocol: null, at: nowSec, ...change })
export const unblock = (...names: string[]): KnownFact => made('unblock', `unblock ${names.join()}`, { iss: ana, blocks: names.map(idFor) })
export const askOf = (name: string, change: object = {}): KnownFact =>
  made('ask', name, { iss: ben, to: ana, manifest: idFor('text'), at: nowSec, lapse: nowSec + 1, ...change })
