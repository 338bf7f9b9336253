import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import { bodyOfEnvelope, type Signed } from '@porchlight/wire'
import { signWith, type ConsentContext } from '../context.ts'
import { isWaiting, nextAskState } from '../states/ask-states.ts'
import { isOver } from '../states/grant-states.ts'
import { askFacts } from './ask-facts.ts'
import type { Plan } from '../ledger/journal.ts'
import { factOf } from '../sync/fact-types.ts'
import type { AskRecord, Change, GrantRecord } from '../ledger/ledger.ts'
import { blockType, unblockType, type BlockBody } from '../objects/index.ts'
import { dropCooldown, dropOutbox, putAsk } from '../ledger/state.ts'
import { allBlocks, blocksOf } from '../sync/effective.ts'
import type { FactOf } from '../sync/fact-index.ts'
import { liftDenials } from '../sync/lifting.ts'
import type { BlockView } from '../views.ts'

/**
 * Blocks: nothing of ours to one contact, under one protocol or at all. A block ends no grant. It defeats those that did not see it for as
 * long as it stands, and drops asks. Flip first, then persist.
 *
 * @see protocols/consent/SPEC.md#block
 */
export class Blocking {
  readonly #context: ConsentContext
  /** Blocks that are in force and not yet on the disk, by contact; `null` is the whole contact. */
  readonly #flipped = new Map<HouseholdId, Set<string | null>>()
  /** The same of blocks that another device of the household signed, by their id. */
  readonly #told = new Map<ObjectId, BlockBody>()

  constructor(context: ConsentContext) {
    this.#context = context
    const { factList } = context.state
    const before = factList.onFact
    // A block that another device of the household made ends live calls here as one of ours does.
    factList.onFact = (fact) => {
      before(fact)
      if (fact.kind !== 'block') return
      this.#told.delete(fact.id)
      this.#enforce(bodyOfEnvelope(blockType, fact.bytes).household)
    }
  }

  /** A block that another device of the household signed holds from this tick on; the disk follows. */
  hold({ id, body }: Pick<FactOf<'block'>, 'id' | 'body'>): void {
    // One that is listed already holds by that, and nobody would take it from here again.
    if (!this.#context.state.factList.has(id)) this.#told.set(id, body)
    this.#enforce(body.household)
  }

  /** Whether asks of this contact for this protocol are dropped (`null`: whether the whole contact is blocked). */
  bars(household: HouseholdId, protocol: string | null): boolean {
    const { state } = this.#context
    const isDenied = protocol !== null && state.cooldown(household, protocol)?.blocked === true
    return (
      isDenied ||
      this.#isFlipped(household, protocol) ||
      this.#toldOf(household, protocol).length > 0 ||
      blocksOf(state.factIndex, household, protocol).length > 0
    )
  }

  /** Whether a block defeats this grant now: one that stands and that its giver had not seen. */
  defeats({ household, protocol, blocks }: GrantRecord): boolean {
    return (
      this.#isFlipped(household, protocol) ||
      this.#toldOf(household, protocol).some((id) => !blocks.includes(id)) ||
      blocksOf(this.#context.state.factIndex, household, protocol).some(({ id }) => !blocks.includes(id))
    )
  }

  /** The same of a grant by its id, as `decide` asks. */
  isDefeated(grant: ObjectId): boolean {
    const record = this.#context.state.grants.get(grant)
    return record !== undefined && this.defeats(record)
  }

  /** @see Consent.block */
  async block(household: HouseholdId, protocol: string | null): Promise<ObjectId> {
    const { journal, emit, state } = this.#context
    this.#flipped.set(household, (this.#flipped.get(household) ?? new Set()).add(protocol))
    this.#enforce(household)
    try {
      const id = await journal.run(async () => {
        const known = this.#standing(household, protocol)[0]
        if (known) return { changes: [], entries: [], after: () => known.id }
        const block = await this.#sign(household, protocol)
        const asks = [...state.asks.values()].filter(
          (ask) => ask.household === household && isWaiting(ask.state) && (protocol === null || ask.protocol === protocol),
        )
        return {
          changes: asks.flatMap(barred),
          entries: [
            { kind: 'block', facts: { household, ...(protocol === null ? {} : { protocol }) } },
            ...asks.map((ask) => ({ kind: 'ask-blocked', facts: askFacts(ask) })),
          ],
          facts: [factOf('block', block)],
          after: () => {
            this.#tell(household)
            for (const ask of asks) emit({ type: 'ask', id: ask.id, household })
            return block.id
          },
        }
      }, true)
      // On disk: from here on the ledger bars, and an `unblock` may lift it.
      this.#unflip(household, protocol)
      return id
    } catch (error) {
      if (!(error instanceof PorchlightError) || error.reason !== 'not-durable') {
        this.#unflip(household, protocol)
        throw error
      }
      emit({ type: 'alarm', what: 'ledger-write-failed', grants: [], error })
      throw new PorchlightError(
        'INTERNAL',
        'blocked and denied from now on, but the block could not be written to the disk; say it again. A restart before that would lift it',
        { reason: 'not-durable', cause: error },
      )
    }
  }

  /** @see Consent.unblock */
  async unblock(household: HouseholdId, protocol: string | null): Promise<void> {
    const { journal, state, clock, self, options } = this.#context
    if (options.mayGrant?.() === false)
      throw new PorchlightError('BAD_REQUEST', 'this device may not lift anything: do it on one that may', { reason: 'capability' })
    await journal.run(async (): Promise<Plan<void>> => {
      const standing = this.#standing(household, protocol).slice(0, limits.grantsPerRevocation)
      const cooldown = protocol === null ? undefined : state.cooldown(household, protocol)
      if (standing.length === 0 && !cooldown) return { changes: [], entries: [], after: () => {} }
      const unblock =
        standing.length === 0
          ? []
          : [
              factOf(
                'unblock',
                await signWith(this.#context, unblockType, {
                  iss: self.household,
                  dev: self.device,
                  blocks: standing.map(({ id }) => id),
                  at: clock.nowSec(),
                  nonce: options.random(16),
                }),
              ),
            ]
      return {
        changes: cooldown ? [dropCooldown(household, cooldown.protocol)] : [],
        entries: [{ kind: 'unblock', facts: { household, ...(protocol === null ? {} : { protocol }) } }],
        facts: [...unblock, ...(protocol === null ? [] : await liftDenials(this.#context, household, protocol))],
        after: () => this.#tell(household),
      }
    })
  }

  /** @see Consent.blocks */
  view(): BlockView[] {
    const { state } = this.#context
    const signed = allBlocks(state.factIndex).map(({ id, body }): BlockView => ({
      id,
      household: body.household,
      protocol: body.protocol,
      atMs: body.at * 1000,
    }))
    const denied = [...state.cooldowns.values()]
      .filter(({ blocked, household, protocol }) => blocked && this.#standing(household, protocol).length === 0)
      .map(({ household, protocol }): BlockView => ({ id: null, household, protocol, atMs: null }))
    return [...signed, ...denied]
  }

  #sign(household: HouseholdId, protocol: string | null): Promise<Signed<BlockBody>> {
    const { clock, self, options, state } = this.#context
    if (allBlocks(state.factIndex).length >= limits.blocks)
      throw new PorchlightError('BUSY', `${limits.blocks} blocks stand; lift one first`)
    const body = { iss: self.household, dev: self.device, household, protocol, at: clock.nowSec(), nonce: options.random(16) }
    return signWith(this.#context, blockType, body)
  }

  /** Blocks of exactly this that stand: two devices may have said the same. */
  #standing(household: HouseholdId, protocol: string | null): FactOf<'block'>[] {
    return blocksOf(this.#context.state.factIndex, household, protocol).filter(({ body }) => body.protocol === protocol)
  }

  #enforce(household: HouseholdId): void {
    const { state, live } = this.#context
    for (const grant of state.grantsTo(household)) if (this.defeats(grant)) live.end(grant.id, 'blocked')
  }

  #unflip(household: HouseholdId, protocol: string | null): void {
    const flipped = this.#flipped.get(household)
    flipped?.delete(protocol)
    if (flipped?.size === 0) this.#flipped.delete(household)
  }

  #isFlipped(household: HouseholdId, protocol: string | null): boolean {
    const flipped = this.#flipped.get(household)
    return flipped !== undefined && (flipped.has(null) || flipped.has(protocol))
  }

  #toldOf(household: HouseholdId, protocol: string | null): ObjectId[] {
    return [...this.#told].flatMap(([id, body]) =>
      body.household === household && (body.protocol === null || body.protocol === protocol) ? [id] : [],
    )
  }

  #tell(household: HouseholdId): void {
    const { state, emit } = this.#context
    for (const { id, state: now } of state.grantsTo(household)) if (!isOver(now)) emit({ type: 'grant', id, household })
  }
}

/** What a block makes of an ask that waits. */
const barred = (ask: AskRecord): Change[] => [
  putAsk({ ...ask, state: nextAskState(ask.state, ask.state === 'COUNTERED' ? 'lapse' : 'block'), snoozedMs: null }),
  ...(ask.counter ? [dropOutbox(ask.counter.id)] : []),
]
