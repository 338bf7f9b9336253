import { limits, PorchlightError } from '@porchlight/core'

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const
const invalid = (message: string) => new PorchlightError('BAD_REQUEST', message, { reason: 'until' })

/** The end of a day in local time. @returns `undefined` for a day that does not exist, such as 31 February */
function endOfDay(text: string): number | undefined {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const end = new Date(year, month - 1, day, 23, 59, 59, 0)
  return end.getFullYear() === year && end.getMonth() === month - 1 && end.getDate() === day ? end.getTime() : undefined
}

/**
 * Reads `--until`: `30d`, `12h`, `45m`, `2w` from now, or a day such as `2026-12-22`, of which the whole day counts.
 *
 * @param flag  its name, for messages
 * @returns milliseconds since 1970, later than `nowMs` and at most `limits.grantLifetimeMs` later
 * @throws `BAD_REQUEST` with reason `until`
 */
export function parseUntil(text: string, nowMs: number, flag = '--until'): number {
  const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(text.trim()) ?? []
  const endMs =
    count !== undefined && unit !== undefined
      ? nowMs + Number(count) * unitMs[unit as keyof typeof unitMs]
      : /^\d{4}-\d{2}-\d{2}$/.test(text.trim())
        ? endOfDay(text.trim())
        : undefined
  if (endMs === undefined)
    throw invalid(`${flag} ${JSON.stringify(text.slice(0, 40))} is neither a time such as 30d or 12h nor a day such as 2026-12-22`)
  if (endMs <= nowMs) throw invalid(`${flag} ${text} is not in the future`)
  if (endMs > nowMs + limits.grantLifetimeMs)
    throw invalid(`${flag} ${text} is more than ${limits.grantLifetimeMs / unitMs.d} days away; renew it then`)
  return endMs
}

/** The same the other way: the largest unit of which it is whole ones, at least a minute. */
export function span(spanMs: number): string {
  const [unit = 'm', ms = unitMs.m] = Object.entries(unitMs).findLast(([name, each]) => name !== 'w' && spanMs % each === 0) ?? []
  return `${Math.round(spanMs / ms)}${unit}`
}

/**
 * Reads `--fresh`: `7d`, `12h`, `30m`, `1w`, or `never` for no bound.
 *
 * @returns milliseconds between `limits.grantFreshLeastMs` and `limits.grantLifetimeMs`, or 0 for no bound
 * @throws `BAD_REQUEST` with reason `usage`
 */
export function parseFresh(text: string): number {
  if (text.trim() === 'never') return 0
  const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(text.trim()) ?? []
  const spanMs = count === undefined || unit === undefined ? Number.NaN : Number(count) * unitMs[unit as keyof typeof unitMs]
  if (spanMs >= limits.grantFreshLeastMs && spanMs <= limits.grantLifetimeMs) return spanMs
  throw new PorchlightError(
    'BAD_REQUEST',
    `--fresh ${JSON.stringify(text.slice(0, 40))} is not a time from ${limits.grantFreshLeastMs / unitMs.m}m to ${limits.grantLifetimeMs / unitMs.d}d, or never`,
    { reason: 'usage' },
  )
}
