import type { DeviceId, HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import { indexGrants, type GrantIndex } from '../decide/grant-index.ts'
import { haltCauses, type GrantCause, type HaltCause } from '../states/causes.ts'
import { isOver, nextGrantState } from '../states/grant-states.ts'
import { FactIndex, known } from '../sync/fact-index.ts'
import { FactList } from '../sync/fact-list.ts'
import type {
  AskRecord,
  Change,
  CheckpointRecord,
  CooldownRecord,
  DigestRecord,
  EarlyRevocation,
  GrantRecord,
  HaltRecord,
  HeardRecord,
  HeldRecord,
  LedgerSnapshot,
  ManifestRecord,
  OutboxEntry,
  OwnAskRecord,
  PauseRecord,
  TextRecord,
  UseRecord,
  UsageRow,
} from './ledger.ts'

const cooldownKey = (household: HouseholdId, protocol: string): string => `${household} ${protocol}`
export const textKey = (grant: ObjectId, manifest: ObjectId): string => `${grant} ${manifest}`
const usageKey = (grant: ObjectId, scope: string, device: DeviceId): string => `${grant} ${scope} ${device}`
/** The one row of the table of digests. */
const digestKey = 'last'
const earlyKey = (household: HouseholdId, grant: ObjectId): string => `${household} ${grant}`

const none: GrantIndex = new Map()
/** Sixteen digits hold every safe integer, and sort as numbers do. */
const checkpointKey = (size: number): string => String(size).padStart(16, '0')

/** The whole consent state in memory, so that every decision is one synchronous look. It mirrors the ledger's tables. */
export class ConsentState {
  readonly grants = new Map<string, GrantRecord>()
  readonly held = new Map<string, HeldRecord>()
  readonly asks = new Map<string, AskRecord>()
  readonly ownAsks = new Map<string, OwnAskRecord>()
  readonly cooldowns = new Map<string, CooldownRecord>()
  readonly digests = new Map<string, DigestRecord>()
  readonly earlyRevocations = new Map<string, EarlyRevocation>()
  readonly manifests = new Map<string, ManifestRecord>()
  readonly outbox = new Map<string, OutboxEntry>()
  readonly usage = new Map<string, UsageRow>()
  readonly pauses = new Map<string, PauseRecord>()
  readonly uses = new Map<string, UseRecord>()
  readonly texts = new Map<string, TextRecord>()
  /** Pauses that hold already and are not on the disk yet. */
  pausing = 0
  /** Flipped on in memory, and not known to be on the disk: what is written meanwhile must not take it away. */
  readonly unwritten = { halts: new Set<HaltCause>(), causes: new Map<ObjectId, Set<GrantCause>>() }
  readonly checkpoints = new Map<string, CheckpointRecord>()
  readonly learned = new Map<string, CheckpointRecord>()
  /** Manifests of the protocols served here; asks may name them, nothing of them is stored until a grant does. */
  readonly served = new Map<ObjectId, ManifestBody>()
  /** Of protocols that others serve: what our own asks name. No ask of a contact is shown under one of them, because anybody may have written it. */
  readonly asked = new Map<ObjectId, ManifestBody>()
  readonly #halts = new Map<string, HaltRecord>()
  /** The household's facts, in the order in which this device learned them. */
  readonly factList: FactList
  /** The same, found by what they are about. */
  readonly factIndex: FactIndex
  readonly heard = new Map<string, HeardRecord>()
  readonly #byHousehold = new Map<HouseholdId, Map<string, GrantRecord>>()
  readonly #indexes = new Map<HouseholdId, GrantIndex>()

  constructor(snapshot: LedgerSnapshot) {
    for (const record of snapshot.grants) this.#putGrant(record)
    for (const record of snapshot.held) this.held.set(record.id, record)
    for (const record of snapshot.asks) this.asks.set(record.id, record)
    for (const record of snapshot.ownAsks) this.ownAsks.set(record.id, record)
    for (const record of snapshot.cooldowns) this.cooldowns.set(cooldownKey(record.household, record.protocol), record)
    for (const record of snapshot.digests) this.digests.set(digestKey, record)
    for (const record of snapshot.earlyRevocations) this.earlyRevocations.set(earlyKey(record.household, record.grant), record)
    for (const record of snapshot.manifests) this.manifests.set(record.id, record)
    for (const record of snapshot.outbox) this.outbox.set(record.id, record)
    for (const row of snapshot.usage) this.usage.set(usageKey(row.grant, row.scope, row.device), row)
    for (const record of snapshot.halts) this.#halts.set(record.cause, record)
    for (const record of snapshot.pauses) this.pauses.set(record.id, record)
    for (const record of snapshot.heard) this.heard.set(record.device, record)
    this.factList = new FactList(snapshot.facts)
    for (const record of snapshot.texts) this.texts.set(textKey(record.grant, record.manifest), record)
    for (const record of snapshot.uses) this.uses.set(record.grant, record)
    for (const record of snapshot.checkpoints) this.checkpoints.set(checkpointKey(record.size), record)
    for (const record of snapshot.learned) this.learned.set(record.device, record)
    this.factIndex = new FactIndex(this.factList.all())
    this.factList.onFact = (fact) => this.factIndex.add(known(fact))
    this.factList.onErased = (fact) => this.factIndex.remove(known(fact))
  }

  /** Grants given to one contact, in any state. */
  grantsTo(household: HouseholdId): GrantRecord[] {
    return [...(this.#byHousehold.get(household)?.values() ?? [])]
  }

  /** What holds the whole household now. */
  halts(): HaltCause[] {
    return haltCauses.filter((cause) => this.isHaltedBy(cause))
  }

  isHaltedBy(cause: HaltCause): boolean {
    return this.#halts.has(cause) || (cause === 'paused' && (this.pausing > 0 || this.openPauses().length > 0))
  }

  /** Whether anything holds the whole household. */
  isHalted(): boolean {
    return this.#halts.size > 0 || this.pausing > 0 || (this.pauses.size > 0 && this.openPauses().length > 0)
  }

  /** Pauses that no resume names. */
  openPauses(): PauseRecord[] {
    return [...this.pauses.values()].filter(({ bytes, lifted }) => bytes !== null && !lifted)
  }

  /** The grants of one contact, ready to decide by. Made at the first decision after a change of one of them. */
  grantIndex(household: HouseholdId): GrantIndex {
    const known = this.#indexes.get(household)
    if (known) return known
    const ofHousehold = this.#byHousehold.get(household)
    // A household without grants is nobody we remember anything of.
    if (!ofHousehold) return none
    const fresh = indexGrants(ofHousehold.values())
    this.#indexes.set(household, fresh)
    return fresh
  }

  manifest(id: ObjectId): ManifestBody | undefined {
    return this.manifests.get(id)?.body ?? this.served.get(id) ?? this.asked.get(id)
  }

  usageOf(grant: ObjectId, scope: string, device: DeviceId): UsageRow | undefined {
    return this.usage.get(usageKey(grant, scope, device))
  }

  /** What every device may have used under a grant. */
  usagesOf(grant: ObjectId): UsageRow[] {
    return [...this.usage.values()].filter((row) => row.grant === grant)
  }

  cooldown(household: HouseholdId, protocol: string): CooldownRecord | undefined {
    return this.cooldowns.get(cooldownKey(household, protocol))
  }

  get lastDigest(): DigestRecord | undefined {
    return this.digests.get(digestKey)
  }

  earlyRevocation(household: HouseholdId, grant: ObjectId): EarlyRevocation | undefined {
    return this.earlyRevocations.get(earlyKey(household, grant))
  }

  /** Follows a change that became durable. */
  apply(change: Change): void {
    if (change.table === 'facts') return this.factList.apply(change)
    if (change.table === 'grants') return change.value ? this.#putGrant(change.value) : this.#dropGrant(change.key)
    if (change.table === 'halts' && change.value === null && this.unwritten.halts.has(change.key as HaltCause)) return
    const table = (change.table === 'halts' ? this.#halts : this[change.table]) as Map<string, unknown>
    if (change.value === null) table.delete(change.key)
    else table.set(change.key, change.value)
  }

  /** What is in the place of a change, as a change; undefined for a grant on its way out, whose end is written again. */
  current({ table, key }: Change): Change | undefined {
    if (table === 'facts') return { table, key, value: this.factList.record(key) ?? null }
    const value = (table === 'halts' ? this.#halts : (this[table] as ReadonlyMap<string, unknown>)).get(key) ?? null
    if (table === 'grants' && this.grants.get(key)?.state === 'REVOKING') return undefined
    return { table, key, value } as Change
  }

  /** Flips a grant in memory before the disk knows: only ever towards less. */
  flip(record: GrantRecord): void {
    this.#putGrant(record)
  }

  /** Holds the whole household before the disk knows. */
  flipHalt(record: HaltRecord): void {
    this.unwritten.halts.add(record.cause)
    this.#halts.set(record.cause, record)
  }

  #dropGrant(id: string): void {
    const known = this.grants.get(id)
    this.grants.delete(id)
    if (known === undefined) return
    this.#byHousehold.get(known.household)?.delete(id)
    this.#indexes.delete(known.household)
  }

  /** A grant on its way out does not come back: whatever was under way when it was flipped only adds facts to it. */
  #putGrant(record: GrantRecord): void {
    const known = this.grants.get(record.id)
    const leaving = known?.state === 'REVOKED' || (known?.state === 'REVOKING' && record.state !== 'REVOKED')
    const kept = leaving ? { ...record, state: known.state, endedMs: known.endedMs } : this.#held(record)
    this.grants.set(kept.id, kept)
    let ofHousehold = this.#byHousehold.get(kept.household)
    if (!ofHousehold) this.#byHousehold.set(kept.household, (ofHousehold = new Map()))
    ofHousehold.set(kept.id, kept)
    this.#indexes.delete(kept.household)
  }

  /** A grant with the causes that are not on the disk yet. */
  #held(record: GrantRecord): GrantRecord {
    const flipped = this.unwritten.causes.get(record.id)
    return flipped ? withCauses(record, [...record.causes, ...flipped]) : record
  }
}

/** A grant with exactly these causes, in the state that follows from them. One that is over, or on its way out, stays as it is. */
export function withCauses(record: GrantRecord, causes: Iterable<GrantCause>): GrantRecord {
  if (isOver(record.state) || record.state === 'REVOKING') return record
  const all = [...new Set(causes)].toSorted()
  const { state } = record
  if (state === 'ACTIVE' && all.length > 0) return { ...record, causes: all, state: nextGrantState(state, 'suspend') }
  if (state === 'SUSPENDED' && all.length === 0) return { ...record, causes: all, state: nextGrantState(state, 'resume') }
  return { ...record, causes: all }
}

// Changes, one function a table, so that keys are made in one place.
export const putGrant = (value: GrantRecord): Change => ({ table: 'grants', key: value.id, value })
export const putHeld = (value: HeldRecord): Change => ({ table: 'held', key: value.id, value })
export const putAsk = (value: AskRecord): Change => ({ table: 'asks', key: value.id, value })
export const putUsage = (value: UsageRow): Change => ({
  table: 'usage',
  key: usageKey(value.grant, value.scope, value.device),
  value,
})
export const dropUsage = ({ grant, scope, device }: UsageRow): Change => ({
  table: 'usage',
  key: usageKey(grant, scope, device),
  value: null,
})
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
export const putDigest = (value: DigestRecord): Change => ({ table: 'digests', key: digestKey, value })
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
export const putHeard = (value: HeardRecord): Change => ({ table: 'heard', key: value.device, value })
export const putHalt = (value: HaltRecord): Change => ({ table: 'halts', key: value.cause, value })
export const dropHalt = (cause: HaltCause): Change => ({ table: 'halts', key: cause, value: null })
export const putPause = (value: PauseRecord): Change => ({ table: 'pauses', key: value.id, value })
export const putUse = (value: UseRecord): Change => ({ table: 'uses', key: value.grant, value })
export const dropUse = (grant: ObjectId): Change => ({ table: 'uses', key: grant, value: null })
export const putCheckpoint = (value: CheckpointRecord): Change => ({ table: 'checkpoints', key: checkpointKey(value.size), value })
export const dropCheckpoint = (size: number): Change => ({ table: 'checkpoints', key: checkpointKey(size), value: null })
export const dropLearned = (device: DeviceId): Change => ({ table: 'learned', key: device, value: null })
export const putLearned = (value: CheckpointRecord): Change => ({ table: 'learned', key: value.device, value })
export const dropRecord = (table: 'grants' | 'held' | 'asks' | 'ownAsks' | 'manifests', id: ObjectId): Change => ({
  table,
  key: id,
  value: null,
})
export const putText = (value: TextRecord): Change => ({ table: 'texts', key: textKey(value.grant, value.manifest), value })
export const dropText = ({ grant, manifest }: TextRecord): Change => ({ table: 'texts', key: textKey(grant, manifest), value: null })
