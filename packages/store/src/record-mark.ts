import { limits } from '@porchlight/core'
import type { AuditHead, Ledger, Transition } from '@porchlight/consent'
import { idOfEnvelope } from '@porchlight/wire'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from './key-files.ts'

/** Takes authority away: the mark must not lag behind it. */
const reduces = ({ changes }: Transition): boolean =>
  changes.some(
    ({ table, value }) =>
      (table === 'grants' && value?.state === 'REVOKED') || (table === 'halts' && value !== null) || table === 'cooldowns',
  )

/**
 * How far the log had come, kept apart from the database. It tells when somebody put an older database in its place, whose revoked grants
 * would count again. It lags behind by at most `limits.recordMarkDelayMs`, and by one write after a revocation.
 */
export class RecordMark {
  readonly #dir: string
  readonly #log: (event: string, fields: Record<string, unknown>) => void
  #next: AuditHead | undefined
  #writing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  /** @param dir  directory of the keys */
  constructor(dir: string, log: (event: string, fields: Record<string, unknown>) => void) {
    this.#dir = dir
    this.#log = log
  }

  /** Whether the ledger is one that the mark was made of, or a later one. An unreadable mark says nothing. */
  async fits(ledger: Ledger): Promise<boolean> {
    const mark = await this.#read()
    if (mark === undefined) return true
    for await (const { n, bytes } of ledger.audit(mark.n - 1)) return n === mark.n && idOfEnvelope(bytes) === mark.id
    return false
  }

  /** How many entries the mark knows of; 0 when there is none. */
  async entries(): Promise<number> {
    return (await this.#read())?.n ?? 0
  }

  /** The same ledger, after each of whose transitions the mark follows. */
  following(ledger: Ledger): Ledger {
    return {
      ...ledger,
      commit: async (transition) => {
        await ledger.commit(transition)
        if (transition.audit.length > 0 && transition.head) this.#follow(transition.head, reduces(transition))
      },
    }
  }

  /** Writes what is outstanding. */
  async close(): Promise<void> {
    this.#write()
    await this.#writing
  }

  #follow(head: AuditHead, now: boolean): void {
    this.#next = head
    if (now) return this.#write()
    this.#timer ??= setTimeout(() => this.#write(), limits.recordMarkDelayMs).unref()
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(async () => {
      const head = this.#next
      if (head === undefined) return
      this.#next = undefined
      try {
        await writeWhole(this.#dir, this.#path, new TextEncoder().encode(`${JSON.stringify(head)}\n`))
      } catch (error) {
        // Without it only this one of the three ways to notice is lost, until the next write.
        this.#log('store.mark-not-written', { because: String(error) })
      }
    })
  }

  get #path(): string {
    return join(this.#dir, 'record-mark')
  }

  async #read(): Promise<AuditHead | undefined> {
    try {
      const mark = JSON.parse(await readFile(this.#path, 'utf8')) as AuditHead
      return Number.isSafeInteger(mark.n) && mark.n > 0 && typeof mark.id === 'string' ? mark : undefined
    } catch {
      return undefined
    }
  }
}
