import type { WeeklyWindow } from '@porchlight/core'

const minutesPerDay = 1440
const minuteMs = 60_000

/** Day of the week (1 is Monday) and minute of the day, as a clock on the wall shows them. */
export interface WallTime {
  readonly day: number
  readonly minute: number
}

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(tz: string): Intl.DateTimeFormat {
  const known = formats.get(tz)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: tz,
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  // There are some 600 zones; names of them come out of checked objects only.
  formats.set(tz, format)
  return format
}

/** What a clock in that zone shows; daylight saving included. */
export function wallTime(atMs: number, tz: string): WallTime {
  const parts = Object.fromEntries(
    formatOf(tz)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  )
  return { day: days.indexOf(parts['weekday'] ?? '') + 1, minute: Number(parts['hour']) * 60 + Number(parts['minute']) }
}

/** Whether the window holds a minute of the week. One that ends on the next day belongs to the day on which it begins. */
export function holds({ days: begins, from, to }: WeeklyWindow, { day, minute }: WallTime): boolean {
  if (from < to) return begins.includes(day) && minute >= from && minute < to
  const yesterday = day === 1 ? 7 : day - 1
  return (begins.includes(day) && minute >= from) || (begins.includes(yesterday) && minute < to)
}

/**
 * Whether the window is open at a time, by the wall clock of its zone: an hour that the clock skips does not come, one that it repeats comes twice.
 *
 * @see protocols/consent/SPEC.md#limits-of-a-grant
 */
export const isOpen = (window: WeeklyWindow, atMs: number): boolean => holds(window, wallTime(atMs, window.tz))

/** Looks at the wall clock once a minute: zones and their changes keep to whole minutes. */
export function openness(window: WeeklyWindow): (atMs: number) => boolean {
  let known = { minute: Number.NaN, open: false }
  return (atMs) => {
    const minute = Math.floor(atMs / minuteMs)
    if (minute !== known.minute) known = { minute, open: isOpen(window, atMs) }
    return known.open
  }
}

/** Whether every minute of the inner window lies in the outer one. Windows of two zones shift against each other, so they are never within. */
export function windowWithin(inner: WeeklyWindow, outer: WeeklyWindow): boolean {
  if (inner.tz !== outer.tz) return false
  for (let day = 1; day <= 7; day++)
    for (let minute = 0; minute < minutesPerDay; minute++) if (holds(inner, { day, minute }) && !holds(outer, { day, minute })) return false
  return true
}
