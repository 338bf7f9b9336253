import { limits, type HouseholdId, type ManifestBody, type ObjectId } from '@porchlight/core'
import { checkTerms } from '../objects/terms.ts'
import { cooldownAfter } from './cooldown.ts'
import { anyone, contactsOf, factsOf, least, subjects, type FactOf, type FactSource } from './fact-index.ts'
import type { AskState, OwnAskState } from '../states/ask-states.ts'
import type { GrantState } from '../states/grant-states.ts'
import type { HeldState } from '../states/held-states.ts'
import type { CooldownRecord } from '../ledger/ledger.ts'

/*
 * What a set of facts amounts to. Pure: a function of the set and the time, so that all orders of delivery give the same answer.
 * What ends something only ever grows: no fact that comes later brings back a grant that one device has seen ended, except by expiry's
 * and suspension's own rules. Ties are settled by the least id.
 */

export interface EffectiveGrant {
  readonly grant: FactOf<'grant'>
  readonly household: HouseholdId
  readonly manifest: ManifestBody
  readonly given: FactOf<'given'>
  readonly receipt: FactOf<'receipt'> | undefined
  /** Never SUSPENDED: what suspends is not in this set. */
  readonly state: Exclude<GrantState, 'SUSPENDED' | 'REVOKING'>
  /** What ended it: a revocation, a block, a removal, a denial, a renunciation. */
  readonly ending: { readonly id: ObjectId; readonly bytes: Uint8Array; readonly at: number } | undefined
  readonly erasure: EffectiveErasure
}

/** Whether the owner asked for erasure in any revocation, and the recipient's claim; the first by id counts. */
export interface EffectiveErasure {
  readonly asked: boolean
  readonly claim: Uint8Array | null
}

const erasureOf = (facts: FactSource, id: ObjectId, owner: HouseholdId, recipient: HouseholdId): EffectiveErasure => ({
  asked: factsOf(facts, 'revoke', subjects.ofGrant(id)).some(({ body }) => body.iss === owner && body.erasure === 'request'),
  claim:
    least(factsOf(facts, 'renounce', subjects.ofGrant(id)).filter(({ body }) => body.iss === recipient && body.erased === 'claimed'))
      ?.bytes ?? null,
})

/** A grant of ours; undefined while its text or what only we keep about it is not here: it is not in force then. */
export function effectiveGrant(facts: FactSource, self: HouseholdId, id: ObjectId, nowSec: number): EffectiveGrant | undefined {
  const grant = factsOf(facts, 'grant', subjects.grant(id))[0]
  if (grant?.body.iss !== self || !('household' in grant.body.aud)) return undefined
  const { body } = grant
  const { household } = grant.body.aud
  const manifest = factsOf(facts, 'manifest', subjects.manifest(body.manifest))[0]?.body
  // What was seen when it was given only the device that gave it can say: another one's word would lift blocks.
  const given = least(factsOf(facts, 'given', subjects.ofGrant(id)).filter((each) => each.body.dev === body.dev))
  if (!manifest || !given || !isWithin(manifest, body)) return undefined
  const receipt = receiptOf(facts, grant, household)
  const found = { grant, household, manifest, given, receipt, erasure: erasureOf(facts, id, self, household) }
  const revoked = least([
    ...factsOf(facts, 'revoke', subjects.ofGrant(id)).filter((revoke) => revoke.body.iss === self),
    ...removalsOf(facts, household).filter((removal) => !given.body.blocks.includes(removal.id)),
    ...(body.ask === null ? [] : factsOf(facts, 'deny', subjects.answers(body.ask))),
  ])
  if (revoked) return { ...found, state: 'REVOKED', ending: endingOf(revoked) }
  const renounced = least(factsOf(facts, 'renounce', subjects.ofGrant(id)).filter((renounce) => renounce.body.iss === household))
  if (renounced) return { ...found, state: 'RENOUNCED', ending: endingOf(renounced) }
  const over = isSuperseded(facts, grant, household, nowSec) ? 'SUPERSEDED' : nowSec >= body.exp ? 'EXPIRED' : undefined
  if (over) return { ...found, state: over, ending: undefined }
  const isSigned = receipt !== undefined || body.ask !== null
  return { ...found, state: isSigned && body.nbf <= nowSec ? 'ACTIVE' : 'SCHEDULED', ending: undefined }
}

/** Whether a grant lies within its text and ends in time: one that a sibling tells is as little in force as one that we are asked to give. */
function isWithin(manifest: ManifestBody, grant: FactOf<'grant'>['body']): boolean {
  try {
    checkTerms({ ...grant, manifest })
    return true
  } catch {
    return false
  }
}

/** Removals of a contact: a grant that does not name one was made without knowing of it, and falls. A block ends nothing; it is looked at with each call. */
export const removalsOf = (facts: FactSource, household: HouseholdId): FactOf<'contact'>[] =>
  factsOf(facts, 'contact', subjects.household(household)).filter(({ body }) => body.removed)

const endingOf = ({ id, bytes, body }: { id: ObjectId; bytes: Uint8Array; body: { at: number } }): EffectiveGrant['ending'] => ({
  id,
  bytes,
  at: body.at,
})

/** The recipient's receipt for exactly the scopes that were granted. */
function receiptOf(facts: FactSource, { id, body }: FactOf<'grant'>, recipient: HouseholdId): FactOf<'receipt'> | undefined {
  const scopes = body.scopes
    .map((scope) => scope.id)
    .toSorted()
    .join(' ')
  return least(
    factsOf(facts, 'receipt', subjects.ofGrant(id)).filter(
      (receipt) => receipt.body.iss === recipient && receipt.body.accepts.toSorted().join(' ') === scopes,
    ),
  )
}

/** Once a renewal was signed by both and its time has come, also when it was ended since: to revoke a narrower renewal must not bring a wider grant back. */
const isSuperseded = (facts: FactSource, { id, body }: FactOf<'grant'>, recipient: HouseholdId, nowSec: number): boolean =>
  factsOf(facts, 'grant', subjects.renewals(id)).some(
    (renewal) =>
      renewal.body.iss === body.iss &&
      'household' in renewal.body.aud &&
      renewal.body.aud.household === recipient &&
      renewal.body.nbf <= nowSec &&
      (renewal.body.ask !== null || receiptOf(facts, renewal, recipient) !== undefined),
  )

/** At the recipient: once we signed a renewal whose time has come. */
const isRenewed = (facts: FactSource, { id, body }: FactOf<'grant'>, self: HouseholdId, nowSec: number): boolean =>
  factsOf(facts, 'grant', subjects.renewals(id)).some(
    (renewal) => renewal.body.iss === body.iss && renewal.body.nbf <= nowSec && receiptOf(facts, renewal, self) !== undefined,
  )

export interface EffectiveHeld {
  readonly grant: FactOf<'grant'>
  readonly manifest: ManifestBody
  readonly receipt: FactOf<'receipt'> | undefined
  readonly state: HeldState
  readonly ending: EffectiveGrant['ending']
  readonly erasure: EffectiveErasure
}

/** A grant that another household gave us; undefined while its text is not here. */
export function effectiveHeld(facts: FactSource, self: HouseholdId, id: ObjectId, nowSec: number): EffectiveHeld | undefined {
  const grant = factsOf(facts, 'grant', subjects.grant(id))[0]
  if (!grant || grant.body.iss === self || !('household' in grant.body.aud) || grant.body.aud.household !== self) return undefined
  const manifest = factsOf(facts, 'manifest', subjects.manifest(grant.body.manifest))[0]?.body
  if (!manifest) return undefined
  const receipt = receiptOf(facts, grant, self)
  const found = { grant, manifest, receipt, erasure: erasureOf(facts, id, grant.body.iss, self) }
  const revoked = least(factsOf(facts, 'revoke', subjects.ofGrant(id)).filter(({ body }) => body.iss === grant.body.iss))
  if (revoked) return { ...found, state: 'REVOKED', ending: endingOf(revoked) }
  const given = least(factsOf(facts, 'renounce', subjects.ofGrant(id)).filter(({ body }) => body.iss === self))
  if (given) return { ...found, state: receipt ? 'RENOUNCED' : 'DECLINED', ending: endingOf(given) }
  if (receipt && isRenewed(facts, grant, self, nowSec)) return { ...found, state: 'SUPERSEDED', ending: undefined }
  return { ...found, state: nowSec >= grant.body.exp ? 'EXPIRED' : receipt ? 'HELD' : 'OFFERED', ending: undefined }
}

export interface EffectiveAsk {
  readonly ask: FactOf<'ask'>
  readonly manifest: ManifestBody
  readonly state: AskState
  /** The grant that answers it. */
  readonly answer: ObjectId | null
}

/** An ask that came to us. A "no" of one device beats a "yes" of another that had not heard of it. */
export function effectiveAsk(facts: FactSource, self: HouseholdId, id: ObjectId, nowSec: number): EffectiveAsk | undefined {
  const ask = factsOf(facts, 'ask', subjects.ask(id))[0]
  const manifest = ask && factsOf(facts, 'manifest', subjects.manifest(ask.body.manifest))[0]?.body
  if (!manifest || ask.body.to !== self) return undefined
  const household = ask.body.iss
  const answer = least(factsOf(facts, 'grant', subjects.answers(id)).filter(({ body }) => body.iss === self))?.id ?? null
  const found = { ask, manifest, answer }
  const denials = factsOf(facts, 'deny', subjects.answers(id))
  if (denials.length > 0) {
    const rank = denialsOf(facts, self, household, manifest.proto).findIndex((denial) => denial.body.ask === id)
    return { ...found, state: cooldownAfter(rank + 1).blocks ? 'BLOCKED' : 'DENIED' }
  }
  if (answer !== null) return { ...found, state: 'APPROVED' }
  // The asker's clock said when it asked, and may be ahead of ours by what is let through: a block that stands reaches that far. A lifted one
  // does not, so that who is told "ask again" may.
  const reachSec = ({ id: block }: FactOf<'block'>): number => (isLifted(facts, block) ? 0 : limits.clockBehindMs / 1000)
  const blocks = factsOf(facts, 'block', subjects.household(household))
  if (
    blocks.some(
      (block) => block.body.at + reachSec(block) >= ask.body.at && (block.body.protocol === null || block.body.protocol === manifest.proto),
    )
  )
    return { ...found, state: 'BLOCKED' }
  const ended = factsOf(facts, 'contact', subjects.household(household)).some(({ body }) => body.over.includes(id))
  return { ...found, state: ended || nowSec >= ask.body.lapse ? 'LAPSED' : 'PENDING' }
}

/** Denials of a contact's asks for a protocol that nothing has lifted, one an ask, in order. */
export function denialsOf(facts: FactSource, self: HouseholdId, household: HouseholdId, protocol: string): FactOf<'deny'>[] {
  return factsOf(facts, 'ask', subjects.household(household))
    .filter(({ body }) => body.to === self && factsOf(facts, 'manifest', subjects.manifest(body.manifest))[0]?.body.proto === protocol)
    .flatMap(({ id }) =>
      factsOf(facts, 'deny', subjects.answers(id))
        .filter((denial) => !isLifted(facts, denial.id))
        .toSorted(inOrder)
        .slice(0, 1),
    )
    .toSorted(inOrder)
}

const inOrder = (one: FactOf<'deny'>, other: FactOf<'deny'>): number => one.body.at - other.body.at || (one.id < other.id ? -1 : 1)

/** Whether a denial, block or pause was lifted by somebody who had seen it. */
export const isLifted = (facts: FactSource, id: ObjectId): boolean => facts.about(subjects.lifts(id)).length > 0

/** Every block that nothing has lifted, oldest first. */
export const allBlocks = (facts: FactSource): FactOf<'block'>[] =>
  factsOf(facts, 'block', subjects.blocks(anyone))
    .filter(({ id }) => !isLifted(facts, id))
    .toSorted((one, other) => one.body.at - other.body.at || (one.id < other.id ? -1 : 1))

/** Blocks of a household for this protocol, or for all, that nothing has lifted. */
export const blocksOf = (facts: FactSource, household: HouseholdId, protocol: string | null): FactOf<'block'>[] =>
  factsOf(facts, 'block', subjects.blocks(household)).filter(
    ({ id, body }) => (body.protocol === null || body.protocol === protocol) && !isLifted(facts, id),
  )

/** How later asks of a contact for a protocol are taken; undefined: as anybody's. */
export function effectiveCooldown(
  facts: FactSource,
  self: HouseholdId,
  household: HouseholdId,
  protocol: string,
): CooldownRecord | undefined {
  const denials = denialsOf(facts, self, household, protocol)
  if (denials.length === 0) return undefined
  const { waitMs, blocks } = cooldownAfter(denials.length)
  const untilMs = blocks ? 0 : denials.at(-1)!.body.at * 1000 + waitMs
  return { household, protocol, denials: denials.length, untilMs, blocked: blocks }
}

/** An ask of ours. */
export function effectiveOwnAsk(
  facts: FactSource,
  self: HouseholdId,
  id: ObjectId,
  nowSec: number,
):
  | { readonly ask: FactOf<'ask'>; readonly manifest: ManifestBody; readonly state: OwnAskState; readonly answer: ObjectId | null }
  | undefined {
  const ask = factsOf(facts, 'ask', subjects.ask(id))[0]
  const manifest = ask && factsOf(facts, 'manifest', subjects.manifest(ask.body.manifest))[0]?.body
  if (!manifest || ask.body.iss !== self) return undefined
  const answer = least(factsOf(facts, 'grant', subjects.answers(id)).filter(({ body }) => body.iss === ask.body.to))?.id ?? null
  return { ask, manifest, state: answer !== null ? 'ANSWERED' : nowSec >= ask.body.lapse ? 'LAPSED' : 'PENDING', answer }
}

/** What this household calls another, and whether it is a contact at all: the newest word counts. */
export const effectiveContact = (facts: FactSource, household: HouseholdId): FactOf<'contact'> | undefined =>
  newest(factsOf(facts, 'contact', subjects.household(household)))

/** Every household that was ever a contact, with the newest word about it. */
export function effectiveContacts(facts: FactSource): FactOf<'contact'>[] {
  const all = Map.groupBy(factsOf(facts, 'contact', subjects.household(contactsOf)), ({ body }) => body.household)
  return [...all.values()].map((words) => newest(words)!)
}

const newest = (words: readonly FactOf<'contact'>[]): FactOf<'contact'> | undefined =>
  words.toSorted((one, other) => one.body.at - other.body.at || (one.id < other.id ? -1 : 1)).at(-1)
