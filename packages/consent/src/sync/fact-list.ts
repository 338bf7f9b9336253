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

/**
 * The facts of this household as this device learned them: a numbered list that grows at its end, in memory and in the ledger's table. What is
 * erased leaves its place behind, what is dropped leaves nothing.
 */
export class FactList {
  #records: FactRecord[]
  readonly #byId: Map<string, FactRecord>
  #bytes = 0
  /** Told of every fact that became durable. */
  onFact: (fact: FactRecord) => void = () => {}
  /** Told of every fact whose bytes are gone, as it was. */
  onErased: (fact: FactRecord) => void = () => {}

  /** @param stored  any order */
  constructor(stored: readonly FactRecord[]) {
    this.#records = stored.toSorted((one, other) => one.n - other.n)
    this.#byId = new Map(stored.map((fact) => [fact.id, fact]))
    for (const { bytes } of stored) this.#bytes += bytes.byteLength
  }

  get size(): number {
    return this.#records.length
  }

  has(id: ObjectId): boolean {
    return this.#byId.has(id)
  }

  record(id: string): FactRecord | undefined {
    return this.#byId.get(id)
  }

  all(): readonly FactRecord[] {
    return this.#records
  }

  /**
   * The changes that append these facts; those that are listed already are left out.
   *
   * @throws `BUSY` with reason `facts-full` when the list is full and one of them adds authority
   */
  appending(facts: readonly Fact[]): Change[] {
    const fresh = [...new Map(facts.map((fact) => [fact.id, fact])).values()].filter(({ id }) => !this.has(id))
    if (this.fitting(fresh).length < fresh.length)
      throw new PorchlightError(
        'BUSY',
        `${this.size} facts of ${this.#bytes} bytes are kept, limits ${limits.factsKept} and ${limits.factsKeptBytes}`,
        { reason: 'facts-full' },
      )
    let last = this.#records.at(-1)
    return fresh.map(({ kind, id, bytes }) => {
      last = { kind, id, bytes, n: (last?.n ?? 0) + 1, mark: markAfter(last?.mark, id) }
      return { table: 'facts', key: id, value: last }
    })
  }

  /** Of facts that are not listed yet those that find room: what gives nothing is not kept out by what does not fit. */
  fitting<F extends Pick<Fact, 'kind' | 'bytes'>>(facts: readonly F[]): F[] {
    let [count, bytes] = [this.size, this.#bytes]
    return facts.filter((fact) => {
      const fits = reduces.has(fact.kind) || (count < limits.factsKept && bytes + fact.bytes.byteLength <= limits.factsKeptBytes)
      if (fits) [count, bytes] = [count + 1, bytes + fact.bytes.byteLength]
      return fits
    })
  }

  /** The changes that take the bytes of these facts; place, id and mark stay. Those that are not listed or erased already are left out. */
  erasing(ids: ReadonlySet<string>): Change[] {
    return this.#records
      .filter((fact) => ids.has(fact.id) && !isErased(fact))
      .map((fact) => ({ table: 'facts', key: fact.id, value: { ...fact, bytes: new Uint8Array() } }))
  }

  /**
   * The changes that take these facts out of the list, as if they had never come: a copy may come again. The last one stays, because what
   * follows hangs on its place and mark.
   */
  dropping(ids: ReadonlySet<string>): Change[] {
    return this.#records.slice(0, -1).flatMap(({ id }) => (ids.has(id) ? [{ table: 'facts', key: id, value: null }] : []))
  }

  /** Where a reader of everything stands. */
  end(): FactCursor | null {
    const last = this.#records.at(-1)
    return last ? { n: last.n, mark: last.mark } : null
  }

  /** Follows a change that became durable. */
  apply(change: Extract<Change, { table: 'facts' }>): void {
    const before = this.#byId.get(change.key)
    if (change.value === null) return before && this.#drop(before)
    if (before) return this.#erase(before, change.value)
    this.#records.push(change.value)
    this.#byId.set(change.value.id, change.value)
    this.#bytes += change.value.bytes.byteLength
    this.onFact(change.value)
  }

  /**
   * Reads on from a cursor. One that is not of this list, because the list was restored to an older state or the fact that it stood on was
   * dropped, begins again at the start.
   *
   * @param after  null for the start
   */
  page(after: FactCursor | null, limit: number): FactPage {
    const at = after === null ? -1 : this.#placeOf(after.n)
    const isOurs = after === null || this.#records[at]?.mark === after.mark
    const from = isOurs ? at + 1 : 0
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

  /** Where in memory the fact of this number is, or -1: numbers have gaps where facts were dropped. */
  #placeOf(n: number): number {
    let [low, high] = [0, this.#records.length - 1]
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = this.#records[middle]!.n
      if (found === n) return middle
      if (found < n) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  #drop(fact: FactRecord): void {
    this.#records = this.#records.filter(({ id }) => id !== fact.id)
    this.#byId.delete(fact.id)
    this.#bytes -= fact.bytes.byteLength
    if (!isErased(fact)) this.onErased(fact)
  }

  #erase(before: FactRecord, { bytes }: FactRecord): void {
    if (bytes.byteLength > 0 || isErased(before)) return
    const erased = { ...before, bytes }
    this.#records[this.#placeOf(before.n)] = erased
    this.#byId.set(before.id, erased)
    this.#bytes -= before.bytes.byteLength
    this.onErased(before)
  }
}

/** What takes authority away is kept however full the list is: it is bounded by what was given before. */
const reduces: ReadonlySet<string> = new Set(['revoke', 'renounce', 'deny', 'block', 'pause', 'contact', 'erase'])

const markAfter = (before: ObjectId | undefined, id: ObjectId): ObjectId => idOf(new TextEncoder().encode(`${before ?? ''} ${id}`))
