import type { Command } from '@commander-js/extra-typings'
import { PorchlightError } from '@porchlight/core'
import type { AskView, GrantView, LimitView, SessionView } from '@porchlight/node'
import { isOver } from '../../services/shares.ts'
import { type CommandContext, type Runner, command } from '../command-line.ts'
import { bytes, localTime, shortIds, table } from '../table.ts'
import { agreed } from '../terminal.ts'
import { parseUntil } from '../until.ts'

const kinds = { ask: 'asks for', offer: 'offers you', ours: 'you asked for', unused: 'nobody uses', changed: 'a new text for' } as const
export const room = ({ protocol, location }: { protocol: string; location: string }) => (location === '' ? protocol : location)

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
export function usedText({ max, text, usedBytes, usedTodayBytes }: LimitView): string {
  if (usedBytes === null || usedTodayBytes === null || (max.bytesTotal === undefined && max.bytesPerDay === undefined)) return text
  return [
    ...(max.bytesTotal === undefined ? [] : [`${bytes(usedBytes)} of ${bytes(max.bytesTotal)} used`]),
    ...(max.bytesPerDay === undefined ? [] : [`${bytes(usedTodayBytes)} of ${bytes(max.bytesPerDay)} used today`]),
  ].join(', ')
}

/** The state and what holds it, or what became of the wish to have things erased; that somebody erased is only ever their claim. */
function stateText({ state, causes, erasure }: GrantView): string {
  const more =
    causes.length > 0 ? causes.join(', ') : erasure === 'requested' ? 'erasure asked' : erasure === 'claimed' ? 'erasure claimed' : ''
  return `${state.toLowerCase()}${more === '' ? '' : ` (${more})`}`
}

const dayMs = 86_400_000
const leftText = (grant: GrantView, nowMs: number) => {
  const days = Math.floor((grant.expMs - nowMs) / dayMs)
  return isOver(grant) || days < 0 ? '' : days === 1 ? ', 1 day left' : `, ${days} days left`
}

/** When it was last used, and when it suspends unless it is used. */
const useText = ({ direction, state, lastUsedMs, decaysMs }: GrantView) =>
  direction === 'received'
    ? ''
    : `${lastUsedMs === null ? 'never' : localTime(lastUsedMs)}${decaysMs === null || state !== 'ACTIVE' ? '' : `, suspends ${localTime(decaysMs).slice(0, 10)}`}`

function grantsText(grants: readonly GrantView[], nowMs: number): string {
  const short = shortIds(grants.map(({ id }) => id))
  const rows = grants.map((each) => [
    short(each.id),
    each.direction === 'given' ? 'to' : 'from',
    each.petname,
    room(each),
    each.scopes.join(', '),
    stateText(each),
    `${localTime(each.expMs)}${leftText(each, nowMs)}`,
    useText(each),
    each.receipt ? 'both' : 'one',
    each.limits.map(usedText).join('; '),
  ])
  return table(['ID', '', 'WHO', 'WHAT', 'MAY', 'STATE', 'UNTIL', 'USED', 'SIGNED BY', 'LIMITS'], rows, 'Nothing was given or received.')
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

const denied = {
  ask: 'Denied.',
  offer: 'Denied.',
  ours: 'Denied.',
  unused: 'Ended. The revocation is signed and on disk.',
  changed: 'Nothing changed: it goes on under the old text until it ends.',
} as const

/** The one thing an id or the beginning of one names. */
export function theOne<T extends { readonly id: string }>(all: readonly T[], ref: string, what: string): T {
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
  `Stopped: ${grant.petname}, ${room(grant)}. ${grant.state === 'REVOKED' ? 'The revocation is signed and on disk.' : `It is ${grant.state.toLowerCase()} now.`}${grant.erasure === 'requested' ? ' They are asked to erase what they have; whether they do is up to them.' : ''}`

const questions = {
  ask: 'Allow this?',
  offer: 'Accept this?',
  ours: 'Allow this?',
  unused: 'Nobody used this for long. Keep it?',
  changed: 'The text changed; yours goes on under the old one until it ends. Agree to the new one?',
} as const
const answers = { ask: 'Allow', offer: 'Accept', ours: 'Allow', unused: 'Keep', changed: 'Agree' } as const

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
          if (!(await agreed(terminal, questions[ask.kind], { yes: answers[ask.kind], no: 'Not now' }, flags)))
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
          return { data, text: denied[ask.kind] }
        }),
    )

  command(program, 'grants', 'what was given and received')
    .option('--all', 'those that have ended too')
    .action(
      async (flags) =>
        await runner.run(flags, async ({ api, terminal }) => {
          const { grants: data } = await api.get<{ grants: GrantView[] }>('/v1/grants')
          return {
            data,
            text: grantsText(flags.all ? data : data.filter((each) => !isOver(each)), terminal.nowMs()),
          }
        }),
    )

  command(program, 'revoke', 'stop one grant, at once')
    .argument('<id>')
    .option('--erase', 'ask them to erase what they have; they can claim to, and nobody can check')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async ({ api }) => {
          const { grants } = await api.get<{ grants: GrantView[] }>('/v1/grants')
          const data = await api.post<GrantView>(
            `/v1/grants/${theOne(grants, ref, 'grant').id}/revoke${flags.erase === true ? '?erase=true' : ''}`,
          )
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
