import { PorchlightError } from '@porchlight/core'
import { Level } from 'level'

export type Write = { readonly type: 'put'; readonly key: string; readonly value: string } | { readonly type: 'del'; readonly key: string }

/** What the ledger and the tables need of a database. A batch is on the disk as a whole or not at all. */
export interface KeyValues {
  /** Writes all or nothing, and resolves when it is on the disk. @throws `INTERNAL` with reason `disk-full` or `write-failed` */
  write(writes: readonly Write[]): Promise<void>
  get(key: string): Promise<string | undefined>
  /** Entries whose key begins with `prefix` (which ends in `/`, or is empty for all), in order, as of the first read. */
  entries(prefix: string, after?: string): AsyncIterable<readonly [string, string]>
  /** The last entry whose key begins with `prefix`. */
  last(prefix: string): Promise<readonly [string, string] | undefined>
  /** Rewrites the files with what they still hold, so that deleted and overwritten values leave the disk. */
  compact(): Promise<void>
  /** Waits for the writes under way. Safe to call twice. */
  close(): Promise<void>
}

/** The last character of a prefix is `/`, and `0` is the one after it. */
const endOf = (prefix: string): string => `${prefix.slice(0, -1)}0`

interface Compactable {
  compactRange(start: string, end: string): Promise<void>
}

/**
 * One LevelDB in which every write is one batch with fsync. Keys and values are text.
 *
 * After a failed write LevelDB may go on appending behind a torn record, which a later recovery would drop together with what follows it.
 * So the database is closed and recovered before the next write.
 */
export class Database implements KeyValues {
  readonly #level: Level
  readonly #dir: string
  #tail: Promise<unknown> = Promise.resolve()
  #torn = false

  /** @throws `SETTING_INVALID` with reason `already-running`, `damaged` or `disk-full` */
  static async open(dir: string): Promise<Database> {
    const level = new Level<string, string>(dir, { keyEncoding: 'utf8', valueEncoding: 'utf8' })
    try {
      await level.open()
    } catch (error) {
      throw explained(error, dir)
    }
    return new Database(level, dir)
  }

  private constructor(level: Level, dir: string) {
    this.#level = level
    this.#dir = dir
  }

  /** Writes happen one after another. */
  write(writes: readonly Write[]): Promise<void> {
    const turn = this.#tail.then(() => this.#write(writes))
    this.#tail = turn.catch(() => {})
    return turn
  }

  async get(key: string): Promise<string | undefined> {
    return this.#level.get(key)
  }

  async *entries(prefix: string, after?: string): AsyncGenerator<readonly [string, string]> {
    yield* this.#level.iterator({ gt: after ?? prefix, ...(prefix === '' ? {} : { lt: endOf(prefix) }) })
  }

  async last(prefix: string): Promise<readonly [string, string] | undefined> {
    for await (const entry of this.#level.iterator({ gt: prefix, lt: endOf(prefix), reverse: true, limit: 1 })) return entry
    return undefined
  }

  /** Waits its turn among the writes. */
  compact(): Promise<void> {
    // Only the LevelDB of Node has files to compact; every key is between these two.
    const turn = this.#tail.then(() => (this.#level as unknown as Compactable).compactRange('', '\u{10ffff}'))
    this.#tail = turn.catch(() => {})
    return turn
  }

  /** Waits for the writes under way. Safe to call twice. */
  async close(): Promise<void> {
    await this.#tail
    await this.#level.close()
  }

  async #write(writes: readonly Write[]): Promise<void> {
    try {
      if (this.#torn) {
        await this.#level.close()
        await this.#level.open()
        this.#torn = false
      }
      await this.#level.batch([...writes], { sync: true })
    } catch (error) {
      this.#torn = true
      const full = isFull(error)
      throw new PorchlightError('INTERNAL', full ? `no space left for ${this.#dir}` : `could not write to ${this.#dir}`, {
        reason: full ? 'disk-full' : 'write-failed',
        cause: error,
      })
    }
  }
}

/** LevelDB's own words and codes along the chain of causes. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  return `${code} ${error.message}${error.cause === undefined ? '' : ` ${textOf(error.cause)}`}`
}

const isFull = (error: unknown): boolean => /No space left|ENOSPC|File too large|Disk quota/i.test(textOf(error))

/** Says what is wrong with a database that does not open, and the remedy. */
export function explained(error: unknown, dir: string): PorchlightError {
  const text = textOf(error)
  if (text.includes('LEVEL_LOCKED'))
    return new PorchlightError('SETTING_INVALID', `another process runs on ${dir}; stop it, or choose another state directory`, {
      reason: 'already-running',
      cause: error,
    })
  if (isFull(error))
    return new PorchlightError('SETTING_INVALID', `no space left for ${dir}; free some and start again, nothing is lost`, {
      reason: 'disk-full',
      cause: error,
    })
  if (text.includes('LEVEL_CORRUPTION'))
    return new PorchlightError('SETTING_INVALID', `the database ${dir} is damaged; move it away and restore a backup. It was not changed`, {
      reason: 'damaged',
      cause: error,
    })
  return new PorchlightError('SETTING_INVALID', `the database ${dir} does not open`, { reason: 'not-readable', cause: error })
}
