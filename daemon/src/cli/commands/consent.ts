import type { Command } from '@commander-js/extra-typings'
import { PorchlightError } from '@porchlight/core'
import type { AskView, GrantView, LimitView, SessionView } from '@porchlight/node'
import { isOver } from '../../services/shares.ts'
import { type CommandContext, type Runner, command } from '../command-line.ts'
import { bytes, localTime, shortIds, table } from '../table.ts'
import { agreed } from '../terminal.ts'
import { parseUntil } from '../until.ts'

const kinds = { ask: 'asks for', offer: 'offers you', ours: 'you asked for' } as const
const room = ({ protocol, location }: { protocol: string; location: string }) => (location === '' ? protocol : location)

function asksText(asks: readonly AskView[]): string {
  const short = shortIds(asks.map(({ id }) => id))
  const rows = asks.map((each) => [
    short(each.id),
    each.petname,
    `${kinds[each.kind]} ${room(each)}`,
    each.state.toLowerCase(),
    localTime(each.expMs),
    each.why === '' ? '' : `"${each.why}"`,
  ])
  return table(['ID', 'WHO', 'WHAT', 'STATE', 'UNTIL', 'WHY'], rows, 'Nothing waits for an answer.')
}

/** What is used of what; the words of the limit where nothing of it is used up, or only the other side counts. */
function usedText({ max, text, usedBytes, usedTodayBytes }: LimitView): string {
  if (usedBytes === null || usedTodayBytes === null || (max.bytesTotal === undefined && max.bytesPerDay === undefined)) return text
  return [
    ...(max.bytesTotal === undefined ? [] : [`${bytes(usedBytes)} of ${bytes(max.bytesTotal)} used`]),
    ...(max.bytesPerDay === undefined ? [] : [`${bytes(usedTodayBytes)} of ${bytes(max.bytesPerDay)} used today`]),
  ].join(', ')
}

function grantsText(grants: readonly GrantView[]): string {
  const short = shortIds(grants.map(({ id }) => id))
  const rows = grants.map((each) => [
    short(each.id),
    each.direction === 'given' ? 'to' : 'from',
    each.petname,
    room(each),
    each.scopes.join(', '),
    each.state.toLowerCase(),
    localTime(each.expMs),
    each.receipt ? 'both' : 'one',
    each.limits.map(usedText).join('; '),
  ])
  return table(['ID', '', 'WHO', 'WHAT', 'MAY', 'STATE', 'UNTIL', 'SIGNED BY', 'LIMITS'], rows, 'Nothing was given or received.')
}

function sessionsText(sessions: readonly SessionView[]): string {
  const short = shortIds(sessions.map(({ id }) => id))
  const rows = sessions.map((each) => [
    short(each.id),
    each.petname,
    room(each),
    localTime(each.sinceMs),
    String(each.openCalls),
    bytes(each.sentBytes),
    bytes(each.receivedBytes),
    each.path ?? '',
  ])
  return table(['ID', 'WHO', 'WHERE', 'SINCE', 'OPEN', 'SENT', 'RECEIVED', 'PATH'], rows, 'Nobody is in.')
}

/** The one thing an id or the beginning of one names. */
function theOne<T extends { readonly id: string }>(all: readonly T[], ref: string, what: string): T {
  const found = all.filter(({ id }) => id === ref || (ref.length >= 6 && id.startsWith(ref)))
  const [one] = found
  if (one && found.length === 1) return one
  throw new PorchlightError(
    'BAD_REQUEST',
    found.length === 0
      ? `no ${what} begins with ${JSON.stringify(ref)} (6 characters or more)`
      : `${found.length} ${what}s begin with ${ref}: write more of it`,
    { reason: found.length === 0 ? `unknown-${what}` : 'ambiguous' },
  )
}

const stopped = (grant: GrantView) =>
  `Stopped: ${grant.petname}, ${room(grant)}. ${grant.state === 'REVOKED' ? 'The revocation is signed and on disk.' : `It is ${grant.state.toLowerCase()} now.`}`

async function askById({ api }: CommandContext, ref: string): Promise<AskView> {
  const { asks } = await api.get<{ asks: AskView[] }>('/v1/asks')
  return theOne(asks, ref, 'ask')
}

export function addConsentCommands(program: Command, runner: Runner): void {
  command(program, 'asks', 'what waits for an answer').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const { asks: data } = await api.get<{ asks: AskView[] }>('/v1/asks')
        return { data, text: asksText(data) }
      }),
  )

  command(program, 'approve', 'say yes to an ask or an offer')
    .argument('<id>')
    .option('--until <when>', 'end it earlier: 12h, 30d or a day')
    .option('--yes', 'the card was read: do not ask')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async (context) => {
          const { api, terminal } = context
          const ask = await askById(context, ref)
          terminal.say(`${ask.card.text.trimEnd()}\n\n`)
          if (
            !(await agreed(
              terminal,
              ask.kind === 'offer' ? 'Accept this?' : 'Allow this?',
              { yes: ask.kind === 'offer' ? 'Accept' : 'Allow', no: 'Not now' },
              flags,
            ))
          )
            return { data: null, text: 'Nothing changed. To say no: porchlight deny', exitCode: 77 }
          const untilMs = flags.until === undefined ? undefined : parseUntil(flags.until, terminal.nowMs())
          const data = await api.post<GrantView>(`/v1/asks/${ask.id}/approve`, { shown: ask.card.hash, untilMs })
          const text =
            data.direction === 'given'
              ? `${data.petname} may use ${room(data)} until ${localTime(data.expMs)}.`
              : `Accepted until ${localTime(data.expMs)}. Open it: porchlight open ${data.petname}/${data.location}`
          return { data, text }
        }),
    )

  command(program, 'deny', 'say no; they are told only that it did not work')
    .argument('<id>')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async (context) => {
          const ask = await askById(context, ref)
          const data = await context.api.post(`/v1/asks/${ask.id}/deny`)
          return { data, text: 'Denied.' }
        }),
    )

  command(program, 'grants', 'what was given and received')
    .option('--all', 'those that have ended too')
    .action(
      async (flags) =>
        await runner.run(flags, async ({ api }) => {
          const { grants: data } = await api.get<{ grants: GrantView[] }>('/v1/grants')
          return {
            data,
            text: grantsText(flags.all ? data : data.filter((each) => !isOver(each))),
          }
        }),
    )

  command(program, 'revoke', 'stop one grant, at once')
    .argument('<id>')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async ({ api }) => {
          const { grants } = await api.get<{ grants: GrantView[] }>('/v1/grants')
          const data = await api.post<GrantView>(`/v1/grants/${theOne(grants, ref, 'grant').id}/revoke`)
          return { data, text: stopped(data) }
        }),
    )

  command(program, 'sessions', 'who is in right now').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const { sessions: data } = await api.get<{ sessions: SessionView[] }>('/v1/sessions')
        return { data, text: sessionsText(data) }
      }),
  )

  command(program, 'stop', 'end a session for good: revokes the grant it runs under')
    .argument('<id>')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async ({ api }) => {
          const { sessions } = await api.get<{ sessions: SessionView[] }>('/v1/sessions')
          const one = sessions.find(({ id }) => id === ref) ?? theOne(sessions, ref, 'session')
          const data = await api.post<GrantView>(`/v1/sessions/${encodeURIComponent(one.id)}/stop`)
          return { data, text: stopped(data) }
        }),
    )
}
