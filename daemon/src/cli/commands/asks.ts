import type { Command } from '@commander-js/extra-typings'
import { PorchlightError } from '@porchlight/core'
import { withoutQuotes } from '@porchlight/consent'
import type { AskView, CardView, DigestView, GrantView } from '@porchlight/node'
import { shareProtocol } from '../../services/shares.ts'
import { nameText } from '../alike-text.ts'
import { type CommandContext, type Runner, command } from '../command-line.ts'
import { limitsOfFlags } from '../limit-flags.ts'
import { localTime, shortIds, table } from '../table.ts'
import { agreed } from '../terminal.ts'
import { parseFresh, parseUntil } from '../until.ts'
import { room, theOne } from './consent.ts'

type Kind = AskView['kind']

const kinds: Readonly<Record<Kind, string>> = {
  ask: 'asks for',
  offer: 'offers you',
  ours: 'you asked for',
  counter: 'instead offers you',
  unused: 'nobody uses',
  changed: 'a new text for',
}

const questions: Readonly<Record<Kind, { says: string; yes: string }>> = {
  ask: { says: 'Allow this?', yes: 'Allow' },
  offer: { says: 'Accept this?', yes: 'Accept' },
  ours: { says: 'Allow this?', yes: 'Allow' },
  counter: { says: 'They offer this instead of what you asked. Accept it?', yes: 'Accept' },
  unused: { says: 'Nobody used this for long. Keep it?', yes: 'Keep' },
  changed: { says: 'The text changed; yours goes on under the old one until it ends. Agree to the new one?', yes: 'Agree' },
}

const denied = ({ kind, state }: AskView): string => {
  if (kind === 'unused') return 'Ended. The revocation is signed and on disk.'
  if (kind === 'changed') return 'Nothing changed: it goes on under the old text until it ends.'
  if (kind === 'counter') return 'Left at that. They are not told.'
  return state === 'COUNTERED' ? 'Taken back.' : 'Denied.'
}

/** Only a shared app has an address; what an app of theirs serves is used by an app of ours. */
const approvedText = (grant: GrantView): string => {
  const until = localTime(grant.expMs)
  if (grant.direction === 'given') return `${grant.petname} may use ${room(grant)} until ${until}.`
  return grant.protocol === shareProtocol
    ? `Accepted until ${until}. Open it: porchlight open ${grant.petname}/${grant.location}`
    : `Accepted until ${until}: ${room(grant)}.`
}

const stateText = ({ state, snoozedMs }: AskView): string =>
  state === 'SNOOZED' && snoozedMs !== null ? `put off until ${localTime(snoozedMs)}` : state.toLowerCase()

/** Who it is about: our name for it, or what a stranger calls itself, always in its quotes. */
const whoText = ({ petname, selfChosenName, origin, looksLike }: AskView): string =>
  nameText(origin === 'contact' ? petname : `${petname} ${selfChosenName} (no contact; by ${origin})`, looksLike)

function asksText(asks: readonly AskView[]): string {
  const short = shortIds(asks.map(({ id }) => id))
  const rows = asks.map((each) => [
    short(each.id),
    whoText(each),
    `${kinds[each.kind]} ${room(each)}`,
    stateText(each),
    localTime(each.expMs),
    // Quotation marks inside would end the quotation, and what follows would read as ours.
    each.why === '' ? '' : `"${withoutQuotes(each.why)}"`,
  ])
  return table(['ID', 'WHO', 'WHAT', 'STATE', 'UNTIL', 'WHY'], rows, 'Nothing waits for an answer.')
}

const count = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`

/** Said by `status` and on top of `digest`. */
export const waitingText = (total: number, contacts: number): string =>
  total === 0 ? 'nothing' : `${count(total, 'question')} of ${count(contacts, 'contact')}: porchlight digest`

function digestText({ contacts, moreContacts, total }: DigestView): string {
  if (total === 0) return 'Nothing waits for an answer.'
  const short = shortIds(contacts.flatMap(({ items }) => items.map(({ id }) => id)))
  return [
    `${count(total, 'question')} of ${count(contacts.length + moreContacts, 'contact')}. porchlight approve ID, deny ID, counter ID or snooze ID.`,
    ...contacts.flatMap(({ petname, sinceMs, items, more }) => [
      `${petname}, since ${localTime(sinceMs)}`,
      ...items.map((item) => `  ${short(item.id)}  ${kinds[item.kind]} ${room(item)}`),
      ...(more > 0 ? [`  and ${more} more: porchlight asks`] : []),
    ]),
    ...(moreContacts > 0 ? [`and ${count(moreContacts, 'contact')} more: porchlight asks`] : []),
  ].join('\n')
}

async function askById({ api }: CommandContext, ref: string): Promise<AskView> {
  const { asks } = await api.get<{ asks: AskView[] }>('/v1/asks')
  return theOne(asks, ref, 'ask')
}

export function addAskCommands(program: Command, runner: Runner): void {
  command(program, 'asks', 'what waits for an answer').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const { asks: data } = await api.get<{ asks: AskView[] }>('/v1/asks')
        return { data, text: asksText(data) }
      }),
  )

  command(program, 'digest', 'what waits for an answer, by contact, the longest first').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const data = await api.get<DigestView>('/v1/digest')
        return { data, text: digestText(data) }
      }),
  )

  command(program, 'approve', 'say yes to an ask, an offer, or what was offered instead')
    .argument('<id>')
    .option('--until <when>', 'end it earlier: 12h, 30d or a day')
    .option(
      '--fresh <time>',
      'of an ask: how long another device of this household serves it without hearing of this one, such as 7d or never',
    )
    .option('--yes', 'the card was read: do not ask')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async (context) => {
          const { api, terminal } = context
          const untilMs = flags.until === undefined ? undefined : parseUntil(flags.until, terminal.nowMs())
          const freshMs = flags.fresh === undefined ? undefined : parseFresh(flags.fresh)
          const ask = await askById(context, ref)
          if (ask.origin !== 'contact')
            throw new PorchlightError(
              'BAD_REQUEST',
              'they are no contact yet: you can say yes once they have accepted your invite, the ask waits for it',
              { reason: 'not-a-contact' },
            )
          const { says, yes } = questions[ask.kind]
          terminal.say(`${ask.card.text.trimEnd()}\n\n`)
          if (!(await agreed(terminal, says, { yes, no: 'Not now' }, flags)))
            return { data: null, text: 'Nothing changed. To say no: porchlight deny', exitCode: 77 }
          const shown = ask.card.hash
          if (ask.kind === 'counter') {
            const data = await api.post<AskView>(`/v1/asks/${ask.id}/accept-counter`, { shown })
            return { data, text: `Accepted. ${room(data)} of ${data.petname} is open to you as soon as they hear of it.` }
          }
          const data = await api.post<GrantView>(`/v1/asks/${ask.id}/approve`, { shown, untilMs, freshMs })
          return { data, text: approvedText(data) }
        }),
    )

  command(program, 'deny', 'say no; they are told only that it did not work')
    .argument('<id>')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async (context) => {
          const ask = await askById(context, ref)
          const data = await context.api.post(`/v1/asks/${ask.id}/deny`)
          return { data, text: denied(ask) }
        }),
    )

  command(program, 'counter', 'offer something else than was asked for; only exactly that can be accepted')
    .argument('<id>')
    .option('--until <when>', 'its end: 12h, 30d or a day; otherwise as asked')
    .option('--also <scope...>', 'something optional besides; nothing optional is in it otherwise')
    .option('--why <text>', 'they see it in quotes; at most 140 characters')
    .option('--limit <amount>', 'at most so much in all, both ways, such as 2GB')
    .option('--per-day <amount>', 'at most so much a day (UTC), such as 200MB')
    .option('--per-minute <number>', 'at most so many connections a minute')
    .option('--streams <number>', 'at most so many connections at the same time')
    .option('--window <hours>', 'only then, such as "mon-fri 08:00-18:00 Europe/Berlin"')
    .option('--yes', 'the card was read: do not ask')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async (context) => {
          const { api, terminal } = context
          const terms = {
            also: flags.also,
            untilMs: flags.until === undefined ? undefined : parseUntil(flags.until, terminal.nowMs()),
            limits: limitsOfFlags(flags),
            why: flags.why,
          }
          const ask = await askById(context, ref)
          const { card } = await api.post<{ card: CardView }>(`/v1/asks/${ask.id}/counter-preview`, terms)
          terminal.say(`${card.text.trimEnd()}\n\n`)
          if (!(await agreed(terminal, `Offer this to ${ask.petname} instead?`, { yes: 'Offer', no: 'Not now' }, flags)))
            return { data: null, text: 'Nothing changed.', exitCode: 77 }
          const data = await api.post<AskView>(`/v1/asks/${ask.id}/counter`, { ...terms, shown: card.hash })
          return {
            data,
            text: `Offered to ${data.petname} instead: ${room(data)} until ${localTime(data.expMs)}. If they accept exactly this, it is in force at once.\nTake it back: porchlight deny ${data.id.slice(0, 12)}`,
          }
        }),
    )

  command(program, 'snooze', 'put an ask off; they are not told')
    .argument('<id>')
    .requiredOption('--for <time>', 'how long: 12h, 3d, or until a day such as 2026-12-22')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async (context) => {
          const { api, terminal } = context
          const untilMs = parseUntil(flags.for, terminal.nowMs(), '--for')
          const { id } = await askById(context, ref)
          const data = await api.post<AskView>(`/v1/asks/${id}/snooze`, { untilMs })
          return { data, text: `Put off until ${localTime(untilMs)}: ${data.petname}, ${room(data)}.` }
        }),
    )
}
