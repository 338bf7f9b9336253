import type { Limits } from '@porchlight/core'
import * as z from 'zod'

const amount = z.int().positive().optional()
const minuteOfDay = (from: number, to: number) => z.int().min(from).max(to)

/** Whether this machine knows the zone: a window in a zone that it does not know could not be kept. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== undefined && /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

/** Hours of the week, by the wall clock of `tz`. */
const hours = z
  .strictObject({
    /** ISO weekdays, 1 is Monday: the days on which the window begins. Sorted, each once, so that one window has one encoding. */
    days: z
      .array(minuteOfDay(1, 7))
      .min(1)
      .refine((days) => days.every((day, at) => at === 0 || days[at - 1]! < day), 'days out of order')
      .readonly(),
    /** Minutes since midnight. `to` is the first minute outside; one that is not after `from` lies on the next day. */
    from: minuteOfDay(0, 1439),
    to: minuteOfDay(1, 1440),
    /** IANA time zone. */
    tz: z.string().max(64).refine(isTimeZone, 'not a time zone that is known here'),
  })
  .refine(({ from, to }) => from !== to, 'a window without an end')

/** The closed set of limits. A limit that is not named here makes the whole object unreadable. */
export const limitSet: z.ZodType<Limits> = z.strictObject({
  bytesTotal: amount,
  bytesPerDay: amount,
  opsPerMin: amount,
  streams: amount,
  window: hours.optional(),
})

/** Names of the closed set. */
export const limitNames = ['bytesTotal', 'bytesPerDay', 'opsPerMin', 'streams', 'window'] as const satisfies readonly (keyof Limits)[]
