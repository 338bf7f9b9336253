import { PorchlightError } from '@porchlight/core'
import type { Command } from 'commander'

const usage = (message: string, cause?: unknown): PorchlightError => new PorchlightError('BAD_REQUEST', message, { reason: 'usage', cause })

/**
 * A value whose form alone can be wrong, whatever the household knows.
 *
 * @throws `BAD_REQUEST` with reason `usage` where `read` throws, with its message
 */
export function wellFormed<T>(flag: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw usage(`${flag}: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}

/** `serve, grant` → the words, each one of `known`. @throws `BAD_REQUEST` with reason `usage` */
export function parseWords<T extends string>(text: string, flag: string, known: readonly T[]): T[] {
  return text.split(',').map((part) => {
    const word = known.find((each) => each === part.trim())
    if (word === undefined) throw usage(`${flag}: ${JSON.stringify(part.trim().slice(0, 40))} is none of ${known.join(', ')}`)
    return word
  })
}

/** A day or a time as ISO 8601 writes it: `2026-11-22`, `2026-11-22T18:00Z`. @returns milliseconds since 1970 @throws `BAD_REQUEST` with reason `usage` */
export function parseDate(text: string, flag: string): number {
  // Other texts mean another date in every engine: `-1` is a day in 2001 in this one.
  const ms = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text.trim())
    ? Date.parse(text.trim())
    : Number.NaN
  return Number.isNaN(ms) ? fail(`${flag}: ${JSON.stringify(text.slice(0, 40))} is not a date such as 2026-11-22`) : ms
}

/** The number of an entry of the record. @throws `BAD_REQUEST` with reason `usage` */
export function parseNumber(text: string, what: string): number {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : fail(`${JSON.stringify(text.slice(0, 40))} is not ${what}, such as 12`)
}

const fail = (message: string): never => {
  throw usage(message)
}

/** Placeholders of values that may be empty: any text, and settings, which say themselves what fits. */
const mayBeEmpty = /<(text|value)>$/

/** Refuses `--flag=` with nothing behind it: an empty variable of a script names nothing. */
export function refuseEmptyValues(command: Command): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName())
    const values: unknown[] = Array.isArray(value) ? value : [value]
    if (option.required && !mayBeEmpty.test(option.flags) && values.includes(''))
      throw usage(`${option.long ?? option.flags} is empty: ${option.description || 'it needs a value'}`)
  }
}
