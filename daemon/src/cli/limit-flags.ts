import { PorchlightError, type Limits, type WeeklyWindow } from '@porchlight/core'

/** What `share` and `ask` take about limits. */
export interface LimitFlags {
  readonly limit?: string | undefined
  readonly perDay?: string | undefined
  readonly perMinute?: string | undefined
  readonly streams?: string | undefined
  readonly window?: string | undefined
}

const usage = (message: string): never => {
  throw new PorchlightError('BAD_REQUEST', message, { reason: 'usage' })
}

const factors: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** `2GB`, `1.5 GiB`, `500` → bytes, rounded down. @throws `BAD_REQUEST` with reason `usage` */
export function parseBytes(text: string): number {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? []
  const factor = factors[unit?.toLowerCase() || 'b']
  const bytes = number === undefined || factor === undefined ? Number.NaN : Math.floor(Number(number) * factor)
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : usage(`${JSON.stringify(text)} is no amount of data, such as 200MB or 2GB`)
}

function parseCount(text: string, flag: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  return count > 0 ? count : usage(`${JSON.stringify(text)} is no number for ${flag}, such as 10`)
}

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const dayOf = (name: string): number => dayNames.indexOf(name.toLowerCase().slice(0, 3)) + 1

/** `mon-fri,sun` → ISO weekdays; a run may go over the week's end. */
function parseDays(text: string): number[] {
  const days = new Set<number>()
  for (const part of text.split(',')) {
    const [first, last = first] = part.split('-')
    const [from, to] = [dayOf(first ?? ''), dayOf(last ?? '')]
    if (from === 0 || to === 0) return usage(`${JSON.stringify(part)} is no day of the week, such as mon or mon-fri`)
    for (let day = from; ; day = (day % 7) + 1) {
      days.add(day)
      if (day === to) break
    }
  }
  return [...days].toSorted((one, other) => one - other)
}

function parseMinute(text: string): number {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? []
  const at = Number(hour) * 60 + Number(minute)
  return at <= 1440 && Number(minute) < 60 ? at : usage(`${JSON.stringify(text)} is no time of day, such as 08:00`)
}

/** `mon-fri 08:00-18:00 Europe/Berlin`; without a zone, that of this machine. @throws `BAD_REQUEST` with reason `usage` */
export function parseWindow(text: string, ownZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone): WeeklyWindow {
  const [days, hours, tz = ownZone, ...rest] = text.trim().split(/\s+/)
  const [from, to, ...more] = (hours ?? '').split('-')
  if (days === undefined || from === undefined || to === undefined || more.length > 0 || rest.length > 0)
    return usage(`${JSON.stringify(text)} is no window, such as "mon-fri 08:00-18:00 Europe/Berlin"`)
  // Midnight as an end is the end of the day.
  return { days: parseDays(days), from: parseMinute(from), to: parseMinute(to) || 1440, tz }
}

/** @returns `undefined` when no flag is there @throws `BAD_REQUEST` with reason `usage` */
export function limitsOfFlags(flags: LimitFlags): Limits | undefined {
  const limits: Limits = {
    ...(flags.limit === undefined ? {} : { bytesTotal: parseBytes(flags.limit) }),
    ...(flags.perDay === undefined ? {} : { bytesPerDay: parseBytes(flags.perDay) }),
    ...(flags.perMinute === undefined ? {} : { opsPerMin: parseCount(flags.perMinute, '--per-minute') }),
    ...(flags.streams === undefined ? {} : { streams: parseCount(flags.streams, '--streams') }),
    ...(flags.window === undefined ? {} : { window: parseWindow(flags.window) }),
  }
  return Object.keys(limits).length === 0 ? undefined : limits
}
