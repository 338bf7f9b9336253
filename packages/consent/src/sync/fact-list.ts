import { limits, PorchlightError, type ObjectId } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import type { Change, Fact, FactRecord } from '../ledger/ledger.ts'
import { isErased } from './fact-index.ts'

/** Where a reader of the list stands: the place and mark of the last fact it has. */
export interface FactCursor {
  readonly n: number
  readonly mark: ObjectId
}

export interface FactPage {
  readonly facts: readonly Fact[]
  /** Stands after the last of `facts`; null while the list is empty. */
  readonly cursor: FactCursor | null
  /** Whether the reader's cursor was of another list, so that this page begins at the start. */
  readonly reset: boolean
  readonly more: boolean
}

const nothing: ReadonlySet<string> = new Set()

/** The facts of this household as this device learned them: an append-only numbered list, in memory and in the ledger's table. */
export class FactList {
  readonly #records: FactRecord[]
  readonly #ids: Set<string>
  /** Told of every fact that became durable. */
  onFact: (fact: FactRecord) => void = () => {}
  /** Told of every fact whose bytes are gone, as it was. */
  onErased: (fact: FactRecord) => void = () => {}

  /** @param stored  any order */
  constructor(stored: readonly FactRecord[]) {
    this.#records = stored.toSorted((one, other) => one.n - other.n)
    this.#ids = new Set(stored.map(({ id }) => id))
  }

  get size(): number {
    return this.#records.length
  }

  has(id: ObjectId): boolean {
    return this.#ids.has(id)
  }

  record(id: string): FactRecord | undefined {
    return this.#ids.has(id) ? this.#records.find((fact) => fact.id === id) : undefined
  }

  all(): readonly FactRecord[] {
    return this.#records
  }

  /**
   * The changes that append these facts; those that are listed already are left out.
   *
   * @throws `BUSY` with reason `facts-full` when the list is full and one of them adds authority
   */
  appending(facts: readonly Fact[], known: ReadonlySet<string> = nothing): Change[] {
    const seen = new Set(known)
    const changes: Change[] = []
    let last = this.#records.at(-1)
    for (const { kind, id, bytes } of facts) {
      if (this.#ids.has(id) || seen.has(id)) continue
      seen.add(id)
      const n = (last?.n ?? 0) + 1
      if (n > limits.factsKept && !reduces.has(kind))
        throw new PorchlightError('BUSY', `${limits.factsKept} facts are kept, limit reached`, { reason: 'facts-full' })
      last = { kind, id, bytes, n, mark: markAfter(last?.mark, id) }
      changes.push({ table: 'facts', key: id, value: last })
    }
    return changes
  }

  /** Of facts that are not listed yet those that find room: what gives nothing is not kept out by what does not fit. */
  fitting<F extends Pick<Fact, 'kind'>>(facts: readonly F[]): F[] {
    let n = this.#records.length
    return facts.filter(({ kind }) => {
      const fits = reduces.has(kind) || n < limits.factsKept
      if (fits) n += 1
      return fits
    })
  }

  /** The changes that take the bytes of these facts; place, id and mark stay. Those that are not listed or erased already are left out. */
  erasing(ids: ReadonlySet<string>): Change[] {
    return this.#records
      .filter((fact) => ids.has(fact.id) && !isErased(fact))
      .map((fact) => ({ table: 'facts', key: fact.id, value: { ...fact, bytes: new Uint8Array() } }))
  }

  /** Where a reader of everything stands. */
  end(): FactCursor | null {
    const last = this.#records.at(-1)
    return last ? { n: last.n, mark: last.mark } : null
  }

  /** Follows a change that became durable. */
  apply(change: Extract<Change, { table: 'facts' }>): void {
    if (change.value === null) return
    if (this.#ids.has(change.value.id)) return this.#erase(change.value)
    this.#records.push(change.value)
    this.#ids.add(change.value.id)
    this.onFact(change.value)
  }

  /**
   * Reads on from a cursor. One that is not of this list, because the list was restored to an older state, begins again at the start.
   *
   * @param after  null for the start
   */
  page(after: FactCursor | null, limit: number): FactPage {
    const isOurs = after === null || this.#records[after.n - 1]?.mark === after.mark
    const from = isOurs ? (after?.n ?? 0) : 0
    const facts: FactRecord[] = []
    let bytes = 0
    let to = from
    for (; to < this.#records.length && facts.length < Math.min(limit, limits.factsPerPage); to++) {
      const fact = this.#records[to]!
      if (isErased(fact)) continue
      bytes += fact.bytes.byteLength
      if (facts.length > 0 && bytes > limits.factsPageBytes) break
      facts.push(fact)
    }
    const last = this.#records[to - 1]
    return {
      facts: facts.map(({ kind, id, bytes: envelope }) => ({ kind, id, bytes: envelope })),
      cursor: last ? { n: last.n, mark: last.mark } : null,
      reset: !isOurs,
      more: this.#records.slice(to).some((fact) => !isErased(fact)),
    }
  }

  #erase({ n, bytes }: FactRecord): void {
    const before = this.#records[n - 1]
    if (bytes.byteLength > 0 || !before || isErased(before)) return
    this.#records[n - 1] = { ...before, bytes }
    this.onErased(before)
  }
}

/** What takes authority away is kept however full the list is: it is bounded by what was given before. */
const reduces: ReadonlySet<string> = new Set(['revoke', 'renounce', 'deny', 'block', 'pause', 'contact', 'erase'])

const markAfter = (before: ObjectId | undefined, id: ObjectId): ObjectId => idOf(new TextEncoder().encode(`${before ?? ''} ${id}`))
