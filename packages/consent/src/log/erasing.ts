import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import { decodeCanonical, payloadOfEnvelope } from '@porchlight/wire'
import type { ConsentContext } from '../context.ts'
import type { ArchivedRecord } from '../ledger/ledger.ts'
import { isOngoing } from '../recipient/taking.ts'
import { isOver } from '../states/grant-states.ts'
import type { AuditFacts } from './audit.ts'
import { endedIn, orphanedManifests } from './ended.ts'

/** What to erase: everything before a time, or everything about one household. Exactly one of the two. */
export interface EraseInput {
  readonly beforeMs?: number
  readonly household?: HouseholdId
}

export interface Erased {
  /** Entries of the log whose text is gone. */
  readonly entries: number
  /** Ended grants, offers and asks that are gone, with the texts that were shown. */
  readonly objects: number
}

/**
 * Erases what the log says, never that it said something: bodies and salts go, entries, chain and tree stay as they were signed. What belongs
 * to a grant in force or an open ask stays whole.
 */
export class Erasing {
  readonly #context: ConsentContext

  constructor(context: ConsentContext) {
    this.#context = context
  }

  /** @see Consent.eraseRecord */
  async erase(input: EraseInput): Promise<Erased> {
    const { journal, state, clock, options } = this.#context
    const { beforeMs, household } = input
    if ((beforeMs === undefined) === (household === undefined))
      throw new PorchlightError('BAD_REQUEST', 'erase what is before a time, or what is about one household', { reason: 'erase' })
    const entries = await this.#entries(input)
    const stored = await this.#archived(input)
    const erased = await journal.run(async () => {
      const inForce = this.#inForce()
      const numbers = entries.filter(({ about }) => !about.some((id) => inForce.has(id))).map(({ n }) => n)
      const ended = endedIn(state, clock.now()).filter(({ record }) => matches(record, input))
      const manifests = orphanedManifests(state, ended, clock.now())
      const count: Erased = { entries: numbers.length, objects: ended.length + stored.length }
      if (count.entries + count.objects === 0) return { changes: [], entries: [], after: () => count }
      // The entry does not name the household: it would say again what was erased.
      const of: AuditFacts = beforeMs === undefined ? { of: 'contact' } : { of: 'before', before: Math.floor(beforeMs / 1000) }
      return {
        changes: [...ended, ...manifests].map(({ drop }) => drop),
        entries: [{ kind: 'erase', facts: { ...count, ...of } }],
        record: { erased: numbers, unarchived: stored },
        after: () => count,
      }
    })
    // Deleted is not gone: the database keeps old bytes until it rewrites its files.
    if (erased.entries + erased.objects > 0) await options.ledger.compact()
    return erased
  }

  /** Entries that still say something and match, with the ids that they are about. */
  async #entries({ beforeMs, household }: EraseInput): Promise<{ n: number; about: string[] }[]> {
    const found: { n: number; about: string[] }[] = []
    for await (const { n, bytes, body } of this.#context.options.ledger.audit(0)) {
      if (body === null) continue
      const facts = factsIn(body)
      if (household === undefined ? atMsOf(bytes) >= beforeMs! : facts['household'] !== household) continue
      found.push({ n, about: [facts['grant'], facts['ask']].filter((id) => typeof id === 'string') })
    }
    return found
  }

  async #archived(input: EraseInput): Promise<string[]> {
    const keys: string[] = []
    for await (const record of this.#context.options.ledger.archive()) if (matches(record, input)) keys.push(record.key)
    return keys
  }

  #inForce(): Set<string> {
    const { state } = this.#context
    const ids: ObjectId[] = []
    for (const record of state.grants.values()) if (!isOver(record.state)) ids.push(record.id)
    for (const record of state.held.values()) if (isOngoing(record)) ids.push(record.id)
    for (const { id, body, state: now } of [...state.asks.values(), ...state.ownAsks.values()])
      if (now === 'PENDING' && body.lapse * 1000 + limits.clockBehindMs > this.#context.clock.now()) ids.push(id)
    return new Set(ids)
  }
}

/** A manifest that nothing names any more goes by the time it was archived. */
const matches = ({ household, endedMs }: ArchivedRecord, input: EraseInput): boolean =>
  input.household === undefined ? endedMs < input.beforeMs! : household === input.household

function factsIn(body: Uint8Array): AuditFacts {
  const read = decodeCanonical(body)
  return read.ok && typeof read.value === 'object' && read.value !== null ? (read.value as AuditFacts) : {}
}

/** When an entry was signed; one that cannot be read is as old as can be, so that it does not keep its text for ever. */
function atMsOf(bytes: Uint8Array): number {
  try {
    const read = decodeCanonical(payloadOfEnvelope(bytes))
    const at = read.ok ? (read.value as { at?: unknown }).at : undefined
    return typeof at === 'number' ? at * 1000 : 0
  } catch {
    return 0
  }
}
