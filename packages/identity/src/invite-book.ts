import { limits, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'

/** `open` → `used` | `expired` | `exhausted` (too many wrong proofs) | `cancelled`. Only `used` still answers, and only whom it was used by. */
export type InviteState = 'open' | 'used' | 'expired' | 'exhausted' | 'cancelled'

/** One invite as the inviter keeps it. Plain JSON; `secret` is a secret and belongs in a file of mode 0600. */
export interface StoredInvite {
  /** The id that a proof names it by (invite/1): 16 hex digits. */
  readonly id: string
  /** 32 hex digits, kept because a proof cannot be checked without it; `''` once nothing can be proved any more. */
  readonly secret: string
  readonly state: InviteState
  readonly createdSec: number
  readonly exp: number
  readonly wrongTries: number
  /** Whose asks it carries: the first household that brought one, so that one link is one stranger. */
  readonly askedBy?: HouseholdId
  /** Who used it. */
  readonly usedBy: { readonly device: DeviceId; readonly household: HouseholdId } | null
  /** The owner's own note; never sent. */
  readonly note: string | null
}

/** One proof that somebody brought, already compared in constant time. */
export interface Attempt {
  readonly right: boolean
  readonly device: DeviceId
  readonly household: HouseholdId
}

/** `accepted`: the one use. `repeated`: the same device again, because an answer got lost; answer the same. */
export type Settled = 'accepted' | 'repeated' | 'refused'

/** The state of an invite at that time. */
export function atTime(invite: StoredInvite, nowSec: number): StoredInvite {
  if (nowSec < invite.exp) return invite
  if (invite.state === 'used') return invite.secret === '' ? invite : { ...invite, secret: '' }
  return invite.state === 'open' ? { ...invite, state: 'expired', secret: '' } : invite
}

/** What one attempt makes of an invite. Pure. A wrong proof against a used invite counts for nothing: it can open nothing any more. */
export function settleAttempt(
  before: StoredInvite,
  attempt: Attempt,
  nowSec: number,
): { readonly invite: StoredInvite; readonly settled: Settled } {
  const invite = atTime(before, nowSec)
  if (invite.state === 'open' && attempt.right) {
    return { invite: { ...invite, state: 'used', usedBy: { device: attempt.device, household: attempt.household } }, settled: 'accepted' }
  }
  if (invite.state === 'open') {
    const wrongTries = invite.wrongTries + 1
    const over = wrongTries >= limits.inviteTries
    return { invite: { ...invite, wrongTries, ...(over ? { state: 'exhausted', secret: '' } : {}) }, settled: 'refused' }
  }
  const same = invite.usedBy?.device === attempt.device && invite.usedBy.household === attempt.household
  return { invite, settled: invite.state === 'used' && nowSec < invite.exp && attempt.right && same ? 'repeated' : 'refused' }
}

/**
 * What one ask makes of an invite. Pure. A right one leaves it open; a wrong one counts as a wrong proof of pairing does. Only an open
 * invite carries asks, and only of the household that asked first.
 */
export function settleAskAttempt(
  before: StoredInvite,
  attempt: Attempt,
  nowSec: number,
): { readonly invite: StoredInvite; readonly settled: 'taken' | 'refused' } {
  const invite = atTime(before, nowSec)
  if (invite.state !== 'open') return { invite, settled: 'refused' }
  if (!attempt.right) return { invite: settleAttempt(invite, attempt, nowSec).invite, settled: 'refused' }
  if (invite.askedBy !== undefined) return { invite, settled: invite.askedBy === attempt.household ? 'taken' : 'refused' }
  return { invite: { ...invite, askedBy: attempt.household }, settled: 'taken' }
}

const secretOf = (invite: StoredInvite | undefined): Uint8Array | undefined =>
  invite === undefined || invite.secret === '' ? undefined : Uint8Array.from(Buffer.from(invite.secret, 'hex'))

/**
 * The invites of one household, in memory. Every method is synchronous, so of two attempts that race one is first. Whoever owns the book
 * writes each changed invite (`get`) to disk before answering for it; should that fail, the invite stays used by that device, which may
 * simply try again.
 */
export class InviteBook {
  readonly #invites: Map<string, StoredInvite>

  /** @param stored as they were kept, any order */
  constructor(stored: Iterable<StoredInvite> = []) {
    this.#invites = new Map([...stored].map((invite) => [invite.id, invite]))
  }

  /**
   * Adds an open invite.
   *
   * @param made  `id` is `inviteIdOf(secret)` of invite/1 in hex
   * @throws `BUSY` with reason `invites-open` when `limits.invitesOpen` are open; `BAD_REQUEST` when the id is taken
   */
  add(made: { id: string; secret: Uint8Array; nowSec: number; lifetimeMs?: number | undefined; note?: string | undefined }): StoredInvite {
    this.sweep(made.nowSec)
    if (this.list(made.nowSec).filter(({ state }) => state === 'open').length >= limits.invitesOpen) {
      throw new PorchlightError('BUSY', `${limits.invitesOpen} invites are open; cancel one`, { reason: 'invites-open' })
    }
    if (this.#invites.has(made.id)) throw new PorchlightError('BAD_REQUEST', 'an invite with this secret exists')
    const lifetimeMs = Math.min(made.lifetimeMs ?? limits.inviteLifetimeMs, limits.inviteLifetimeMs)
    const invite: StoredInvite = {
      id: made.id,
      secret: Buffer.from(made.secret).toString('hex'),
      state: 'open',
      createdSec: made.nowSec,
      exp: made.nowSec + Math.floor(lifetimeMs / 1000),
      wrongTries: 0,
      usedBy: null,
      note: made.note ?? null,
    }
    this.#invites.set(invite.id, invite)
    return invite
  }

  get(id: string): StoredInvite | undefined {
    return this.#invites.get(id)
  }

  /** The secret to check a proof against; `undefined` when the id is unknown or nothing can be proved with it any more. */
  secretOf(id: string, nowSec: number): Uint8Array | undefined {
    const invite = this.#invites.get(id)
    return secretOf(invite && atTime(invite, nowSec))
  }

  /** Takes one attempt into account. An unknown id is refused and counts against nobody. */
  settle(id: string, attempt: Attempt, nowSec: number): Settled {
    const before = this.#invites.get(id)
    if (before === undefined) return 'refused'
    const { invite, settled } = settleAttempt(before, attempt, nowSec)
    this.#invites.set(id, invite)
    return settled
  }

  /** Takes one ask into account. An unknown id is refused and counts against nobody. */
  settleAsk(id: string, attempt: Attempt, nowSec: number): 'taken' | 'refused' {
    const before = this.#invites.get(id)
    if (before === undefined) return 'refused'
    const { invite, settled } = settleAskAttempt(before, attempt, nowSec)
    this.#invites.set(id, invite)
    return settled
  }

  /** Ends an open invite. @returns it as it is now; `undefined` when unknown. One that is over stays as it is */
  cancel(id: string, nowSec: number): StoredInvite | undefined {
    const known = this.#invites.get(id)
    if (known === undefined) return undefined
    const invite = atTime(known, nowSec)
    const ended: StoredInvite = invite.state === 'open' ? { ...invite, state: 'cancelled', secret: '' } : invite
    this.#invites.set(id, ended)
    return ended
  }

  /**
   * Answers a household no more that used an invite: it was removed as a contact, and the same link must not bring it back.
   *
   * @returns ids of the invites that changed, to be written to disk before the contact is forgotten
   */
  endUsedBy(household: HouseholdId): string[] {
    const changed = [...this.#invites.values()].filter(({ usedBy, secret }) => usedBy?.household === household && secret !== '')
    for (const invite of changed) this.#invites.set(invite.id, { ...invite, secret: '' })
    return changed.map(({ id }) => id)
  }

  /** All of them as of that time, newest first. */
  list(nowSec: number): readonly StoredInvite[] {
    return [...this.#invites.values()].map((invite) => atTime(invite, nowSec)).toSorted((one, other) => other.createdSec - one.createdSec)
  }

  /**
   * Forgets those that have been over for a whole lifetime, and the oldest that are over when there are `limits.invitesKept`.
   *
   * @returns their ids, so that the store forgets them too
   */
  sweep(nowSec: number): string[] {
    const over = this.list(nowSec).filter(({ state }) => state !== 'open')
    const keep = limits.invitesKept - (this.#invites.size - over.length) - 1
    const gone = over.filter(({ exp }, at) => at >= keep || nowSec >= exp + limits.inviteLifetimeMs / 1000).map(({ id }) => id)
    for (const id of gone) this.#invites.delete(id)
    return gone
  }
}
