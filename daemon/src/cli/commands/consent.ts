import type { Command } from '@commander-js/extra-typings'
import { limits, PorchlightError } from '@porchlight/core'
import type { GrantView, LimitView, SessionView } from '@porchlight/node'
import { pathText } from '../../services/path-text.ts'
import { isOver } from '../../services/shares.ts'
import { type Runner, command } from '../command-line.ts'
import { span } from '../until.ts'
import { bytes, localTime, shortIds, table } from '../table.ts'

/** What it is about. The rooms of our own protocols say enough; those of apps are called alike, `main` above all, so the protocol stands beside them. */
export const room = ({ protocol, location }: { protocol: string; location: string }): string =>
  location === '' ? protocol : protocol.startsWith('/porchlight/') ? location : `${location} of ${protocol}`

/** What is used of what; the words of the limit where nothing of it is used up, or only the other side counts. */
export function usedText({ max, text, usedBytes, usedTodayBytes }: LimitView): string {
  if (usedBytes === null || usedTodayBytes === null || (max.bytesTotal === undefined && max.bytesPerDay === undefined)) return text
  return [
    ...(max.bytesTotal === undefined ? [] : [`${bytes(usedBytes)} of ${bytes(max.bytesTotal)} used`]),
    ...(max.bytesPerDay === undefined ? [] : [`${bytes(usedTodayBytes)} of ${bytes(max.bytesPerDay)} used today`]),
  ].join(', ')
}

/** The state and what holds it, or what became of the wish to have things erased; that somebody erased is only ever their claim. */
function stateText({ state, causes, erasure, blocked }: GrantView): string {
  const wished = erasure === 'requested' ? ['erasure asked'] : erasure === 'claimed' ? ['erasure claimed'] : []
  const more = [...(blocked && !isOver({ state }) ? ['blocked'] : []), ...(causes.length > 0 ? causes : wished)]
  return `${state.toLowerCase()}${more.length === 0 ? '' : ` (${more.join(', ')})`}`
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

/** How long other devices serve it without news, where that is not what it always is. */
const freshText = ({ freshMs }: GrantView): string[] =>
  freshMs === null || freshMs === limits.grantFreshMs
    ? []
    : [freshMs === 0 ? 'other devices serve it without news for ever' : `other devices serve it ${span(freshMs)} without news`]

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
    [...each.limits.map(usedText).filter((text) => text !== ''), ...freshText(each)].join('; '),
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
    each.path ? pathText(each.path) : '',
  ])
  return table(['ID', 'WHO', 'WHERE', 'SINCE', 'OPEN', 'SENT', 'RECEIVED', 'PATH'], rows, 'Nobody is in.')
}

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

export function addConsentCommands(program: Command, runner: Runner): void {
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
