import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import { idOfEnvelope } from '@porchlight/wire'
import type { ConsentContext } from '../context.ts'
import type { AuditRecord, CheckpointRecord } from '../ledger/ledger.ts'
import { dropLearned, putLearned } from '../ledger/state.ts'
import { leafOf, leavesOf, verifyAudit, type AuditVerdict, type KnownSize } from './audit.ts'
import { openCheckpoint, type Checkpoint } from './checkpoint.ts'
import type { Checkpointer } from './checkpointer.ts'
import { consistencyRanges, hashRanges, inclusionRanges, verifyConsistency } from './proofs.ts'
import { append, emptyFrontier, rootOf } from './tree.ts'
import type { Plan } from '../ledger/journal.ts'

/** That one entry is in the log that a checkpoint signs. Whoever has the entry's envelope can check it with `verifyInclusion`. */
export interface EntryProof {
  /** The entry's number, from 1; its leaf has the index `n - 1`. */
  readonly n: number
  readonly id: ObjectId
  /** The signed entry, whole. What it says is not in it. */
  readonly envelope: Uint8Array
  readonly leaf: Uint8Array
  /** From the leaf to the root, 32 bytes each. */
  readonly proof: readonly Uint8Array[]
  readonly checkpoint: { readonly size: number; readonly root: Uint8Array; readonly note: string }
}

/** The household's record of itself: what it proves, and what others hold against it. */
export class HouseholdRecord {
  readonly #context: ConsentContext
  readonly #checkpointer: Checkpointer
  /** Devices whose two stories were told already. */
  readonly #forked = new Set<string>()

  constructor(context: ConsentContext, checkpointer: Checkpointer) {
    this.#context = context
    this.#checkpointer = checkpointer
  }

  /** @see Consent.verifyLog */
  async verify(): Promise<AuditVerdict> {
    const { journal, options, self } = this.#context
    const entries = options.ledger.audit(0)[Symbol.asyncIterator]()
    try {
      // The first read, the head and the checkpoints are taken at one turn of the queue, so that nothing is written between them.
      const { first, head, known } = await journal.run(async () => {
        const started = await entries.next()
        const sizes = this.#knownSizes()
        return { changes: [], entries: [], after: () => ({ first: started, head: journal.head, known: sizes }) }
      }, true)
      return await verifyAudit(resumed(first, entries), self.device, head, known)
    } finally {
      // A fault ends the reading early; the database must not keep its snapshot for that.
      await entries.return?.()
    }
  }

  /** @see Consent.checkpoints */
  all(): CheckpointRecord[] {
    const { checkpoints, learned } = this.#context.state
    return [...[...checkpoints.values()].toSorted((a, b) => a.size - b.size), ...learned.values()]
  }

  /** @see Consent.checkpoint */
  newest(): CheckpointRecord | undefined {
    return this.#checkpointer.newest()
  }

  /** @see Consent.checkpointNow */
  async sign(): Promise<CheckpointRecord | undefined> {
    const { journal } = this.#context
    return journal.run(async () => ({
      changes: await this.#checkpointer.of(journal.head),
      entries: [],
      after: () => this.#checkpointer.newest(),
    }))
  }

  /** @see Consent.proveEntry */
  async prove(n: number): Promise<EntryProof> {
    const { options, journal } = this.#context
    if (!Number.isSafeInteger(n) || n < 1 || n > (journal.head?.n ?? 0))
      throw new PorchlightError('BAD_REQUEST', `the log has no entry ${n}, its last is ${journal.head?.n ?? 0}`, {
        reason: 'unknown-entry',
      })
    const newest = this.newest()
    const checkpoint = newest !== undefined && newest.size >= n ? newest : (await this.sign())!
    let entry: AuditRecord | undefined
    for await (const record of options.ledger.audit(n - 1)) {
      entry = record
      break
    }
    const proof = await hashRanges(leavesOf(options.ledger.audit(0)), inclusionRanges(n - 1, checkpoint.size))
    if (entry?.n !== n || proof === undefined)
      throw new PorchlightError('INTERNAL', 'the log is not whole; porchlight log verify says where', { reason: 'log-damaged' })
    const { size, root, note } = checkpoint
    return { n, id: idOfEnvelope(entry.bytes), envelope: entry.bytes, leaf: leafOf(entry.bytes), proof, checkpoint: { size, root, note } }
  }

  /** That the log of `second` entries began with the log of `first`. */
  async proveGrowth(first: number, second: number): Promise<Uint8Array[]> {
    const proof =
      first < 1 || first > second
        ? undefined
        : await hashRanges(leavesOf(this.#context.options.ledger.audit(0)), consistencyRanges(first, second))
    if (proof === undefined)
      throw new PorchlightError('BAD_REQUEST', `the log did not grow from ${first} to ${second} entries`, { reason: 'unknown-entry' })
    return proof
  }

  /** @see Consent.learnCheckpoint */
  async learn(note: string, from: HouseholdId, proof?: readonly Uint8Array[]): Promise<void> {
    const { options, self } = this.#context
    const shown = openCheckpoint(note)
    if (shown === undefined) throw new PorchlightError('BAD_REQUEST', 'not a signed checkpoint', { reason: 'checkpoint' })
    if (shown.device === self.device) return this.#shownOurs(shown, note, from)
    if (!options.maySign(from, shown.device, 'audit'))
      throw new PorchlightError('BAD_REQUEST', 'a checkpoint of a device of somebody else', { reason: 'signer' })
    return this.#shownTheirs(shown, note, from, proof)
  }

  /** Somebody repeats what this device signed. It signed it, so where the log does not fit, the log was changed. */
  async #shownOurs(shown: Checkpoint, note: string, from: HouseholdId): Promise<void> {
    const { journal, emit, state, self } = this.#context
    const behind = shown.size > (journal.head?.n ?? 0)
    if (!behind && Buffer.compare(await this.#rootAt(shown.size), shown.root) === 0) return
    const known = state.learned.get(shown.device)
    const isNews = known === undefined || known.size < shown.size
    // Kept, so that every later check of the log fails too.
    if (isNews) await journal.run(async () => this.#keep(shown, note, self.household))
    emit({ type: 'alarm', what: behind ? 'record-behind' : 'record-changed', grants: [], isNews, household: from, entries: shown.size })
  }

  async #shownTheirs(shown: Checkpoint, note: string, from: HouseholdId, proof: readonly Uint8Array[] | undefined): Promise<void> {
    const { journal, state, emit } = this.#context
    await journal.run(async () => {
      const known = state.learned.get(shown.device)
      if (known === undefined) return this.#keep(shown, note, from)
      const [older, newer] = known.size <= shown.size ? [known, shown] : [shown, known]
      const sameSize = older.size === newer.size
      const grew =
        sameSize || proof !== undefined
          ? verifyConsistency({ first: older.size, second: newer.size, firstRoot: older.root, secondRoot: newer.root, proof: proof ?? [] })
          : undefined
      if (grew !== false) return newer === shown && !sameSize ? this.#keep(shown, note, from) : nothing
      if (this.#forked.has(shown.device)) return nothing
      const base64 = (text: string): string => Buffer.from(text).toString('base64')
      return {
        changes: [],
        // Both notes: with them anybody can see that the device told two stories.
        entries: [{ kind: 'fork', facts: { household: from, device: shown.device, one: base64(known.note), other: base64(note) } }],
        after: () => {
          this.#forked.add(shown.device)
          emit({ type: 'alarm', what: 'contact-record-forked', grants: [] })
        },
      }
    })
  }

  #keep({ device, size, root }: Checkpoint, note: string, from: HouseholdId): Plan<void> {
    const { state, clock, self } = this.#context
    const isKnown = state.learned.has(device)
    // A household that goes through devices uses up its own places, not those of others. What is told of our own log stays.
    const theirs = [...state.learned.values()].filter((each) => each.household === from && each.device !== self.device)
    const oldest = theirs
      .toSorted((a, b) => a.atMs - b.atMs)
      .slice(0, isKnown ? 0 : Math.max(0, theirs.length + 1 - limits.devicesPerHousehold))
    if (!isKnown && state.learned.size - oldest.length >= limits.checkpointsLearned)
      throw new PorchlightError('BUSY', `${limits.checkpointsLearned} checkpoints of other devices, limit reached`)
    return {
      changes: [
        ...oldest.map((each) => dropLearned(each.device)),
        putLearned({ device, household: from, size, root, note, atMs: clock.now() }),
      ],
      entries: [],
      after: () => {},
    }
  }

  /** The root when the log had `size` entries; a stored checkpoint saves reading the log. */
  async #rootAt(size: number): Promise<Uint8Array> {
    const stored = [...this.#context.state.checkpoints.values()].find((each) => each.size === size)
    if (stored) return stored.root
    let frontier = emptyFrontier
    for await (const leaf of leavesOf(this.#context.options.ledger.audit(0))) {
      frontier = append(frontier, leaf)
      if (frontier.size === size) break
    }
    return rootOf(frontier)
  }

  /** What is known of this log's past: what this device signed, kept here or repeated to us by others. */
  #knownSizes(): KnownSize[] {
    const { state, self } = this.#context
    const repeated = state.learned.get(self.device)
    return [...state.checkpoints.values(), ...(repeated ? [repeated] : [])].map(({ note, size, root }) => {
      const opened = openCheckpoint(note)
      const sound = opened?.device === self.device && opened.size === size && Buffer.compare(opened.root, root) === 0
      // A stored checkpoint that is not as this device signed it is a fault at its place.
      return sound ? opened : { size, root: new Uint8Array() }
    })
  }
}

/** The newest checkpoint we hold of a household's devices: what a receipt repeats to it. */
export function newestOf(household: HouseholdId, learned: Iterable<CheckpointRecord>): CheckpointRecord | undefined {
  let newest: CheckpointRecord | undefined
  for (const each of learned) if (each.household === household && (newest === undefined || each.atMs > newest.atMs)) newest = each
  return newest
}

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }

async function* resumed(first: IteratorResult<AuditRecord>, rest: AsyncIterator<AuditRecord>): AsyncGenerator<AuditRecord> {
  for (let step = first; !step.done; step = await rest.next()) yield step.value
}
