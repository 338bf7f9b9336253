import type { Limits, WeeklyWindow } from '@porchlight/core'

/** How the limits of a grant are said in one language. `{…}` stand for amounts. */
export interface LimitWords {
  readonly bytesTotal: string
  readonly bytesPerDay: string
  readonly opsPerMin: string
  readonly streams: string
  readonly atMost: string
  readonly window: string
  /** Locale of numbers and days. */
  readonly locale: string
}

export const limitWords: Readonly<Record<string, LimitWords>> = {
  en: {
    atMost: 'At most {amounts}.',
    bytesTotal: '{n} in all',
    bytesPerDay: '{n} a day (UTC)',
    opsPerMin: '{n} requests a minute',
    streams: '{n} at the same time',
    window: 'Only {days} {from}–{to} ({tz}).',
    locale: 'en-GB',
  },
  de: {
    atMost: 'Höchstens {amounts}.',
    bytesTotal: '{n} insgesamt',
    bytesPerDay: '{n} am Tag (UTC)',
    opsPerMin: '{n} Anfragen pro Minute',
    streams: '{n} gleichzeitig',
    window: 'Nur {days} {from}–{to} ({tz}).',
    locale: 'de',
  },
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** An amount of bytes without rounding it up: what a card says is never less strict than what is kept. */
export function bytesText(bytes: number, locale: string): string {
  let unit = 0
  let size = bytes
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  // Digits until the number is the very one: 1,500 bytes are 1.5 kB, and 1,234,567 bytes are said in full.
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 15 }).format(size)} ${units[unit]}`
}

/**
 * Says limits in plain words, such as "At most 2 GB in all, 10 requests a minute. Only Mon–Fri 08:00–18:00 (Europe/Berlin)."
 *
 * @returns `''` for none
 */
export function limitsText(max: Limits, words: LimitWords): string {
  const { locale } = words
  const number = (amount: number): string => new Intl.NumberFormat(locale).format(amount)
  const say = (line: string, amount: string): string => line.replace('{n}', () => amount)
  const amounts = [
    ...(max.bytesTotal === undefined ? [] : [say(words.bytesTotal, bytesText(max.bytesTotal, locale))]),
    ...(max.bytesPerDay === undefined ? [] : [say(words.bytesPerDay, bytesText(max.bytesPerDay, locale))]),
    ...(max.opsPerMin === undefined ? [] : [say(words.opsPerMin, number(max.opsPerMin))]),
    ...(max.streams === undefined ? [] : [say(words.streams, number(max.streams))]),
  ]
  return [
    ...(amounts.length > 0 ? [words.atMost.replace('{amounts}', () => amounts.join(', '))] : []),
    ...(max.window === undefined ? [] : [windowText(max.window, words)]),
  ].join(' ')
}

function windowText({ days, from, to, tz }: WeeklyWindow, words: LimitWords): string {
  const parts: Readonly<Record<string, string>> = { days: daysText(days, words.locale), from: clock(from), to: clock(to), tz }
  return words.window.replace(/\{([a-z]+)\}/g, (whole, name: string) => parts[name] ?? whole)
}

/** Runs of three days and more are joined: Mon–Fri, Sun. */
function daysText(days: readonly number[], locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  // 1 January 2024 was a Monday.
  const name = (day: number): string => format.format(Date.UTC(2024, 0, day))
  const runs: number[][] = []
  for (const day of days) {
    const last = runs.at(-1)
    if (last && last.at(-1) === day - 1) last.push(day)
    else runs.push([day])
  }
  return runs.map((run) => (run.length > 2 ? `${name(run[0]!)}–${name(run.at(-1)!)}` : run.map(name).join(', '))).join(', ')
}

const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
