import type { Command } from '@commander-js/extra-typings'
import { parseProtocolId, PorchlightError } from '@porchlight/core'
import type { AskView, CardView, GrantView, StatusView, WhyView } from '@porchlight/node'
import { type CommandContext, type Runner, command } from '../command-line.ts'
import { wellFormed } from '../flag-values.ts'
import { firstLine } from '../secret-file.ts'
import { localTime } from '../table.ts'
import { agreed } from '../terminal.ts'
import { parseUntil } from '../until.ts'
import { room, theOne, usedText } from './consent.ts'

const becauseWords: Readonly<Record<string, string>> = {
  halted: 'everything is held',
  blocked: 'a block keeps them out',
  barred: 'everything that was given to them is being stopped',
  'not-active': 'the grant is not in force',
  'not-yet': 'its time has not come',
  expired: 'its time is over',
  location: 'nothing was given for this one',
  scope: 'that was not given',
  'no-grant': 'nothing was given',
  'location-unsound': 'this is no name that can be given',
  quota: 'its limit in bytes is used up',
  window: 'outside its hours',
  'ops-per-min': 'too many calls in a minute',
  streams: 'too many calls at once',
}

function whyText({ petname, location, protocol, allow, scopes, halts, grants, cooldown, remedies }: WhyView): string {
  const what = room({ protocol, location })
  const lines = [`${petname} ${allow ? 'may' : 'may not'} use ${what} now.`]
  for (const { scope, because, grant } of scopes)
    lines.push(
      `  ${scope.padEnd(10)} ${because === null ? `yes, by ${grant?.slice(0, 12)}` : `no: ${becauseWords[because] ?? because} (${because})`}`,
    )
  if (halts.length > 0) lines.push(`Held: ${halts.join(', ')}.`)
  for (const { id, state, causes, notBeforeMs, expMs, lastUsedMs, decaysMs, limits } of grants) {
    lines.push(
      `${id.slice(0, 12)} is ${state.toLowerCase()}${causes.length > 0 ? ` (${causes.join(', ')})` : ''}, from ${localTime(notBeforeMs)} until ${localTime(expMs)}; last used ${lastUsedMs === null ? 'never' : localTime(lastUsedMs)}${decaysMs === null ? '' : `, suspends unused on ${localTime(decaysMs)}`}.`,
    )
    for (const used of limits.map(usedText).filter((text) => text !== '')) lines.push(`  ${used}`)
  }
  if (cooldown !== null)
    lines.push(
      cooldown.blocked
        ? 'Asks of theirs for this are dropped.'
        : `Asks of theirs for this are dropped until ${localTime(cooldown.untilMs)}.`,
    )
  for (const { says, command: how } of remedies) lines.push(`- ${says}${how === null ? '' : `: ${how}`}`)
  return lines.join('\n')
}

async function grantById({ api }: CommandContext, ref: string): Promise<GrantView> {
  const { grants } = await api.get<{ grants: GrantView[] }>('/v1/grants')
  return theOne(grants, ref, 'grant')
}

const heldText = ({ halts }: StatusView, otherwise: string) =>
  halts.length === 0 ? otherwise : `Held: ${halts.join(', ')}. Nothing is allowed.`

/** Whoever confirms grants of an old record hears first who knows more of it. */
async function sayNewer({ api, terminal }: CommandContext): Promise<void> {
  const { halts, newerAt } = await api.get<StatusView>('/v1/status')
  if (halts.includes('rollback') && newerAt.length > 0)
    terminal.say(`This record is an old one. Newer at: ${newerAt.join(', ')}. Ask them what you agreed and stopped since.\n`)
}

export function addControlCommands(program: Command, runner: Runner): void {
  command(program, 'panic', 'deny everything, at once, on all devices of this household').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const data = await api.post<StatusView>('/v1/panic')
        return { data, text: 'Everything is stopped, and that is on disk. To go on: porchlight resume' }
      }),
  )

  command(program, 'resume', 'undo panic; with grants, only confirm these')
    .argument('[grants...]')
    .option('--clock-is-right', 'the clock of this machine went back, and shows the right time now')
    .action(
      async (refs, flags) =>
        await runner.run(flags, async (context) => {
          const grants = []
          for (const ref of refs) grants.push((await grantById(context, ref)).id)
          if (grants.length > 0) await sayNewer(context)
          const data = await context.api.post<StatusView>('/v1/resume', { grants, clockIsRight: flags.clockIsRight === true })
          return { data, text: heldText(data, grants.length > 0 ? `Confirmed: ${grants.length}.` : 'What was agreed goes on.') }
        }),
    )

  command(program, 'lock', 'deny everything, also after a restart, until unlock').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const data = await api.post<StatusView>('/v1/lock')
        return { data, text: 'Locked. To go on: porchlight unlock' }
      }),
  )

  command(program, 'unlock', 'go on after lock')
    .option('--passphrase-file <file>', 'file whose first line is the passphrase of the keys')
    .action(
      async (flags) =>
        await runner.run(flags, async ({ api, terminal }) => {
          const unlock = async (passphrase: string | undefined) => await api.post<StatusView>('/v1/unlock', { passphrase })
          const given = flags.passphraseFile === undefined ? undefined : firstLine(flags.passphraseFile)
          const data = await unlock(given).catch(async (error: unknown) => {
            const isNeeded = error instanceof PorchlightError && error.reason === 'passphrase-needed'
            if (!isNeeded || !terminal.isInteractive) throw error
            return await unlock(await terminal.askHidden('Passphrase of the keys'))
          })
          return { data, text: heldText(data, 'Unlocked.') }
        }),
    )

  command(program, 'renew', 'a grant for longer: sign a new one that takes its place, or ask its owner to')
    .argument('<grant>')
    .requiredOption('--until <when>', 'its new end: 12h, 30d or a day')
    .option('--why <text>', 'for the owner of a received grant; they see it in quotes')
    .option('--yes', 'the card was read: do not ask')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async (context) => {
          const { api, terminal } = context
          const untilMs = parseUntil(flags.until, terminal.nowMs())
          const { id, direction, petname, ...grant } = await grantById(context, ref)
          if (direction === 'received') {
            const asked = await api.post<AskView>(`/v1/grants/${id}/ask-renewal`, { untilMs, why: flags.why ?? '' })
            return { data: asked, text: `Asked ${petname} for ${room(grant)} until ${localTime(untilMs)}.` }
          }
          const { card } = await api.post<{ card: CardView }>(`/v1/grants/${id}/renewal-preview`, { untilMs })
          terminal.say(`${card.text.trimEnd()}\n\n`)
          if (!(await agreed(terminal, 'Renew this?', { yes: 'Renew', no: 'Not now' }, flags)))
            return { data: null, text: 'Nothing changed.', exitCode: 77 }
          const data = await api.post<GrantView>(`/v1/grants/${id}/renew`, { untilMs, shown: card.hash })
          return {
            data,
            text: `${petname} may use ${room(data)} until ${localTime(data.expMs)} as soon as they accept; the one until now goes on meanwhile.`,
          }
        }),
    )

  command(program, 'renounce', 'give back what somebody gave you')
    .argument('<grant>')
    .option('--erased', 'tell them that what came under it is erased here; they can only take your word for it')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async (context) => {
          const { id } = await grantById(context, ref)
          const data = await context.api.post<GrantView>(`/v1/grants/${id}/renounce`, { erased: flags.erased === true })
          const claim = data.erasure === 'claimed' ? ` ${data.petname} is told that you claim to have erased it.` : ''
          return { data, text: `Given back: ${room(data)} of ${data.petname}.${claim}` }
        }),
    )

  command(program, 'why', 'which rule lets a contact use something of yours, or does not')
    .argument('<contact>')
    .argument('<service>')
    .option('--protocol <id>', 'another protocol than sharing an app')
    .action(
      async (contact, location, flags) =>
        await runner.run(flags, async ({ api }) => {
          const { protocol } = flags
          if (protocol !== undefined) wellFormed('--protocol', () => parseProtocolId(protocol))
          const query = new URLSearchParams({ contact, location, ...(protocol === undefined ? {} : { protocol }) })
          const data = await api.get<WhyView>(`/v1/why?${query.toString()}`)
          return { data, text: whyText(data) }
        }),
    )
}
