import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { GrantRecord } from '../ledger/ledger.ts'
import type { SessionView } from '../views.ts'

interface Session {
  readonly grant: GrantRecord
  readonly sinceMs: number
  readonly open: Set<AbortController>
  sent: number
  received: number
  lastMs: number
}

/** A call that is under way. */
export interface LiveCall {
  readonly signal: AbortSignal
  count(sent: number, received: number): void
  /** Ends this call alone, now. */
  end(reason: string): void
  done(): void
}

const endOf = (grant: ObjectId, reason: string): PorchlightError =>
  new PorchlightError('GRANT_ENDED', `grant ${grant} ended: ${reason}`, { reason })

/** The calls under way, by the grant that admitted them; ending a grant ends them in the same tick. Bounded by `limits.live` and `limits.livePerContact`. */
export class LiveCalls {
  readonly #sessions = new Map<ObjectId, Session>()
  readonly #perContact = new Map<HouseholdId, number>()
  #live = 0

  /** Registers a call, or undefined when there are too many. */
  register(grant: GrantRecord, nowMs: () => number): LiveCall | undefined {
    const ofContact = this.#perContact.get(grant.household) ?? 0
    if (this.#live >= limits.live || ofContact >= limits.livePerContact) return undefined
    let session = this.#sessions.get(grant.id)
    if (!session)
      this.#sessions.set(grant.id, (session = { grant, sinceMs: nowMs(), open: new Set(), sent: 0, received: 0, lastMs: nowMs() }))
    const { open } = session
    const controller = new AbortController()
    open.add(controller)
    this.#live += 1
    this.#perContact.set(grant.household, ofContact + 1)
    const over = (): boolean => {
      if (!open.delete(controller)) return false
      session.lastMs = nowMs()
      this.#forget(grant.household)
      return true
    }
    return {
      signal: controller.signal,
      count: (sent, received) => {
        session.sent += sent
        session.received += received
      },
      end: (reason) => {
        if (over()) controller.abort(endOf(grant.id, reason))
      },
      done: () => void over(),
    }
  }

  /** Ends every call under a grant, now. Safe to call for a grant without any. */
  end(grant: ObjectId, reason: string): void {
    const session = this.#sessions.get(grant)
    if (!session) return
    this.#sessions.delete(grant)
    const error = endOf(grant, reason)
    const open = [...session.open]
    session.open.clear()
    for (let i = 0; i < open.length; i++) this.#forget(session.grant.household)
    for (const controller of open) controller.abort(error)
  }

  /** Ends every call under every grant, now. */
  endAll(reason: string): void {
    for (const id of this.grants()) this.end(id, reason)
  }

  /** Grants that have sessions. */
  grants(): ObjectId[] {
    return [...this.#sessions.keys()]
  }

  /** Grants that have calls under way. */
  open(): ObjectId[] {
    return [...this.#sessions].filter(([, { open }]) => open.size > 0).map(([id]) => id)
  }

  /** Calls under way in all. */
  get size(): number {
    return this.#live
  }

  sessions(): SessionView[] {
    return [...this.#sessions.values()].map(({ grant, sinceMs, open, sent, received }) => ({
      id: grant.id,
      household: grant.household,
      grant: grant.id,
      protocol: grant.protocol,
      service: grant.service,
      sinceMs,
      openCalls: open.size,
      bytesSent: sent,
      bytesReceived: received,
    }))
  }

  /** Drops sessions whose last call ended a while ago. */
  sweep(nowMs: number): void {
    for (const [id, { open, lastMs }] of this.#sessions)
      if (open.size === 0 && nowMs - lastMs >= limits.sessionLingerMs) this.#sessions.delete(id)
  }

  #forget(household: HouseholdId): void {
    this.#live -= 1
    const left = (this.#perContact.get(household) ?? 1) - 1
    if (left > 0) this.#perContact.set(household, left)
    else this.#perContact.delete(household)
  }
}
