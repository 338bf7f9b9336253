import { decodeCanonical, idOfEnvelope, open } from '@porchlight/wire'
import { auditType, type AuditRecord, type Ledger, type LedgerSnapshot } from '@porchlight/consent'

/** One entry of the log: what it says it is about. */
interface Said {
  readonly kind: string
  readonly about: string
}

async function said(entries: AsyncIterable<AuditRecord>): Promise<Said[]> {
  const list: Said[] = []
  for await (const { bytes, body } of entries) {
    const opened = await open(auditType, bytes)
    const facts = body === null ? undefined : decodeCanonical(body)
    if (!opened.ok || !facts?.ok) continue
    const { grant, ask } = facts.value as Record<string, string | undefined>
    list.push({ kind: opened.object.body.kind, about: grant ?? ask ?? '' })
  }
  return list
}

/**
 * Looks for transitions of which only a part is there: a record without its log entry, an ending without its signed object, an answer
 * without its grant. Independent of the engine: it reads the ledger as it is stored.
 *
 * @returns one sentence for each tear; empty when every transition is whole
 */
export async function tearsIn(ledger: Ledger): Promise<string[]> {
  const snapshot: LedgerSnapshot = await ledger.load()
  const log = await said(ledger.audit(0))
  const entries = (kind: string, about: string): number => log.filter((each) => each.kind === kind && each.about === about).length
  const tears: string[] = []
  const must = (holds: boolean, what: string): void => void (holds || tears.push(what))

  for (const { id, state, receipt, ending, body } of snapshot.grants) {
    must(entries('grant', id) === 1, `grant ${id} has ${entries('grant', id)} entries of its making`)
    must(state !== 'REVOKING', `grant ${id} is stored as REVOKING, which is a state of memory alone`)
    must(
      (state === 'REVOKED') === (entries('revoke', id) === 1),
      `grant ${id} is ${state} with ${entries('revoke', id)} entries of revoking`,
    )
    must(state !== 'REVOKED' || ending !== null, `grant ${id} is REVOKED without a revocation`)
    must((state === 'EXPIRED') === (entries('expire', id) === 1), `grant ${id} is ${state} with ${entries('expire', id)} entries of expiry`)
    must(
      (state === 'RENOUNCED') === (entries('renounce', id) === 1),
      `grant ${id} is ${state} with ${entries('renounce', id)} entries of renouncing`,
    )
    must(
      (state === 'SUPERSEDED') === (entries('supersede', id) === 1),
      `grant ${id} is ${state} with ${entries('supersede', id)} entries of that`,
    )
    must((receipt !== null) === entries('receipt', id) >= 1, `grant ${id} has a receipt and ${entries('receipt', id)} entries of one`)
    must(state !== 'ACTIVE' || receipt !== null || body.ask !== null, `grant ${id} is ACTIVE and signed by one side`)
  }
  const revoked = new Set(snapshot.grants.filter(({ state }) => state === 'REVOKED').map(({ ending }) => ending && idOfEnvelope(ending)))
  for (const entry of snapshot.outbox)
    if (entry.kind === 'revoke') must(revoked.has(entry.id), `revocation ${entry.id} waits to be sent, and revoked nothing`)
  for (const { id, state, grant } of snapshot.asks) {
    must(entries('ask', id) === 1, `ask ${id} has ${entries('ask', id)} entries of its coming`)
    must((state === 'APPROVED') === (grant !== null), `ask ${id} is ${state} with grant ${grant}`)
    must(grant === null || snapshot.grants.some((each) => each.id === grant), `ask ${id} was answered with a grant that is not there`)
    must(
      !['DENIED', 'BLOCKED'].includes(state) || entries('deny', id) + entries('block', id) >= 1,
      `ask ${id} is ${state} without an entry`,
    )
  }
  for (const { id, state, receipt, ending } of snapshot.held) {
    must(entries('granted', id) === 1, `held grant ${id} has ${entries('granted', id)} entries of its coming`)
    must(state !== 'HELD' || receipt !== null, `held grant ${id} is HELD without a receipt`)
    must((receipt !== null) === (entries('accept', id) === 1), `held grant ${id} has a receipt and ${entries('accept', id)} entries of one`)
    must(state !== 'REVOKED' || ending !== null, `held grant ${id} is REVOKED without a revocation`)
  }
  return tears
}
