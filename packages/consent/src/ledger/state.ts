import type { HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import type {
  AskRecord,
  Change,
  CooldownRecord,
  EarlyRevocation,
  GrantRecord,
  HeldRecord,
  LedgerSnapshot,
  ManifestRecord,
  OutboxEntry,
  OwnAskRecord,
} from './ledger.ts'

const cooldownKey = (household: HouseholdId, protocol: string): string => `${household} ${protocol}`
const earlyKey = (household: HouseholdId, grant: ObjectId): string => `${household} ${grant}`

/** The whole consent state in memory, so that every decision is one synchronous look. It mirrors the ledger's tables. */
export class ConsentState {
  readonly grants = new Map<string, GrantRecord>()
  readonly held = new Map<string, HeldRecord>()
  readonly asks = new Map<string, AskRecord>()
  readonly ownAsks = new Map<string, OwnAskRecord>()
  readonly cooldowns = new Map<string, CooldownRecord>()
  readonly earlyRevocations = new Map<string, EarlyRevocation>()
  readonly manifests = new Map<string, ManifestRecord>()
  readonly outbox = new Map<string, OutboxEntry>()
  /** Manifests of the protocols served here; asks may name them, nothing of them is stored until a grant does. */
  readonly served = new Map<string, ManifestBody>()
  readonly #byHousehold = new Map<HouseholdId, Map<string, GrantRecord>>()

  constructor(snapshot: LedgerSnapshot) {
    for (const record of snapshot.grants) this.#putGrant(record)
    for (const record of snapshot.held) this.held.set(record.id, record)
    for (const record of snapshot.asks) this.asks.set(record.id, record)
    for (const record of snapshot.ownAsks) this.ownAsks.set(record.id, record)
    for (const record of snapshot.cooldowns) this.cooldowns.set(cooldownKey(record.household, record.protocol), record)
    for (const record of snapshot.earlyRevocations) this.earlyRevocations.set(earlyKey(record.household, record.grant), record)
    for (const record of snapshot.manifests) this.manifests.set(record.id, record)
    for (const record of snapshot.outbox) this.outbox.set(record.id, record)
  }

  /** Grants given to one contact, in any state. */
  grantsTo(household: HouseholdId): GrantRecord[] {
    return [...(this.#byHousehold.get(household)?.values() ?? [])]
  }

  manifest(id: ObjectId): ManifestBody | undefined {
    return this.manifests.get(id)?.body ?? this.served.get(id)
  }

  cooldown(household: HouseholdId, protocol: string): CooldownRecord | undefined {
    return this.cooldowns.get(cooldownKey(household, protocol))
  }

  earlyRevocation(household: HouseholdId, grant: ObjectId): EarlyRevocation | undefined {
    return this.earlyRevocations.get(earlyKey(household, grant))
  }

  /** Follows a change that became durable. */
  apply(change: Change): void {
    if (change.table === 'grants' && change.value) return this.#putGrant(change.value)
    const table = this[change.table] as Map<string, unknown>
    if (change.value === null) table.delete(change.key)
    else table.set(change.key, change.value)
  }

  /** Flips a grant in memory before the disk knows: only ever towards less. */
  flip(record: GrantRecord): void {
    this.#putGrant(record)
  }

  /** A grant on its way out does not come back: whatever was under way when it was flipped only adds facts to it. */
  #putGrant(record: GrantRecord): void {
    const known = this.grants.get(record.id)
    const leaving = known?.state === 'REVOKED' || (known?.state === 'REVOKING' && record.state !== 'REVOKED')
    const kept = leaving ? { ...record, state: known.state, endedMs: known.endedMs } : record
    this.grants.set(kept.id, kept)
    let ofHousehold = this.#byHousehold.get(kept.household)
    if (!ofHousehold) this.#byHousehold.set(kept.household, (ofHousehold = new Map()))
    ofHousehold.set(kept.id, kept)
  }
}

// Changes, one function a table, so that keys are made in one place.
export const putGrant = (value: GrantRecord): Change => ({ table: 'grants', key: value.id, value })
export const putHeld = (value: HeldRecord): Change => ({ table: 'held', key: value.id, value })
export const putAsk = (value: AskRecord): Change => ({ table: 'asks', key: value.id, value })
export const putOwnAsk = (value: OwnAskRecord): Change => ({ table: 'ownAsks', key: value.id, value })
export const putManifest = (value: ManifestRecord): Change => ({ table: 'manifests', key: value.id, value })
export const putOutbox = (value: OutboxEntry): Change => ({ table: 'outbox', key: value.id, value })
export const dropOutbox = (id: ObjectId): Change => ({ table: 'outbox', key: id, value: null })
export const putCooldown = (value: CooldownRecord): Change => ({
  table: 'cooldowns',
  key: cooldownKey(value.household, value.protocol),
  value,
})
export const dropCooldown = (household: HouseholdId, protocol: string): Change => ({
  table: 'cooldowns',
  key: cooldownKey(household, protocol),
  value: null,
})
export const putEarlyRevocation = (value: EarlyRevocation): Change => ({
  table: 'earlyRevocations',
  key: earlyKey(value.household, value.grant),
  value,
})
export const dropEarlyRevocation = (household: HouseholdId, grant: ObjectId): Change => ({
  table: 'earlyRevocations',
  key: earlyKey(household, grant),
  value: null,
})
