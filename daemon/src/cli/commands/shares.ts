import type { Command } from '@commander-js/extra-typings'
import type { z } from '@hono/zod-openapi'
import { parseProtocolId, PorchlightError, serviceName } from '@porchlight/core'
import type { AskView, CardView, GrantView } from '@porchlight/node'
import type { services, sharePreview } from '../../api/schemas.ts'
import { type Runner, command } from '../command-line.ts'
import { wellFormed } from '../flag-values.ts'
import { limitsOfFlags } from '../limit-flags.ts'
import { showInBrowser } from '../show-in-browser.ts'
import { localTime, table } from '../table.ts'
import { agreed, type Terminal } from '../terminal.ts'
import { parseFresh, parseUntil } from '../until.ts'

type Services = z.infer<typeof services>

function servicesText({ mine, offered }: Services): string {
  const ours = mine.map((each) => [
    each.name,
    each.target,
    each.sharedWith.map(({ petname, state }) => (state === 'ACTIVE' ? petname : `${petname} (${state.toLowerCase()})`)).join(', ') ||
      'nobody',
  ])
  const theirs = offered.map((each) => [
    `${each.label}/${each.name}`,
    each.url ?? '',
    each.grant.state.toLowerCase(),
    localTime(each.grant.expMs),
  ])
  return [
    'What this household shares',
    table(['NAME', 'APP', 'WITH'], ours, 'Nothing. porchlight share http://127.0.0.1:PORT --as NAME --with CONTACT'),
    '',
    'What others let it use',
    table(['NAME', 'ADDRESS', 'STATE', 'UNTIL'], theirs, 'Nothing.'),
  ].join('\n')
}

/** `ana/photos` → its two parts. */
function contactAndName(text: string): { contact: string; name: string } {
  const at = text.lastIndexOf('/')
  if (at <= 0 || at === text.length - 1)
    throw new PorchlightError('BAD_REQUEST', `${JSON.stringify(text)} is not CONTACT/NAME, such as ana/photos`, { reason: 'usage' })
  return { contact: text.slice(0, at), name: text.slice(at + 1) }
}

/** Changing things is optional, so it is off unless somebody says so: by flag, or when asked at a terminal, where "no" is what stands there first. */
async function changesAllowed(
  terminal: Terminal,
  flags: { with: string; readOnly?: true | undefined; allowChanges?: true | undefined; yes?: true | undefined },
): Promise<boolean> {
  if (flags.readOnly && flags.allowChanges)
    throw new PorchlightError('BAD_REQUEST', '--read-only and --allow-changes contradict each other', { reason: 'usage' })
  if (flags.readOnly || flags.allowChanges || flags.yes || !terminal.isInteractive) return flags.allowChanges === true
  return await terminal.confirm(`May ${flags.with} also change things there?`, { yes: 'Also change', no: 'Only look' })
}

/** Pairing stays a step of its own: an ask says nothing about who the two are. */
const askedByLink = ({ petname, location }: AskView) =>
  `Asked ${petname} for ${location}. They can say yes once you are a contact: porchlight accept LINK, with the same link. You are not told of a no.`

export function addShareCommands(program: Command, runner: Runner): void {
  command(program, 'share', 'let a contact use one app')
    .argument('[target]', 'http://host:port or unix:/path; may be left out for a service that exists')
    .requiredOption('--as <name>', 'name of the service: a-z, 0-9 and -')
    .requiredOption('--with <contact>', 'who may use it')
    .option('--until <when>', '30d, 12h, or a day such as 2026-12-22; at most 400d', '30d')
    .option('--read-only', 'looking and downloading only, no changes; what a share is unless it is told otherwise')
    .option('--allow-changes', 'also changing things there')
    .option('--limit <amount>', 'at most so much in all, both ways, such as 2GB')
    .option('--per-day <amount>', 'at most so much a day (UTC), such as 200MB')
    .option('--per-minute <number>', 'at most so many connections a minute')
    .option('--streams <number>', 'at most so many connections at the same time')
    .option('--window <hours>', 'only then, such as "mon-fri 08:00-18:00 Europe/Berlin"')
    .option(
      '--fresh <time>',
      'how long another device of this household serves it without hearing of this one, such as 7d (the default) or never',
    )
    .option('--yes', 'the card was read: do not ask')
    .action(
      async (target, flags) =>
        await runner.run(flags, async ({ api, terminal }) => {
          const allowChanges = await changesAllowed(terminal, flags)
          const input = {
            target,
            as: wellFormed('--as', () => serviceName(flags.as)),
            with: flags.with,
            untilMs: parseUntil(flags.until, terminal.nowMs()),
            allowChanges,
            limits: limitsOfFlags(flags),
            ...(flags.fresh === undefined ? {} : { freshMs: parseFresh(flags.fresh) }),
          }
          const { card, warnings } = await api.post<z.infer<typeof sharePreview>>('/v1/shares/preview', input)
          terminal.say(`${card.text.trimEnd()}\n\n`)
          for (const warning of warnings) terminal.say(`! ${warning}\n`)
          if (!(await agreed(terminal, `Allow this for ${flags.with}?`, { yes: 'Allow', no: 'Say no' }, flags)))
            return { data: null, text: 'Nothing is shared.', exitCode: 77 }
          const data = await api.post<GrantView>('/v1/shares', { ...input, shown: card.hash })
          return {
            data,
            text: `${data.petname} may use ${data.location} until ${localTime(data.expMs)}, once they accept${allowChanges ? '' : '; to look and download, not to change'}.\nStop it any time: porchlight unshare ${data.location} --with ${data.petname}`,
          }
        }),
    )

  command(program, 'unshare', 'stop sharing an app, with one contact or altogether')
    .argument('<name>')
    .option('--with <contact>', 'only with this one')
    .action(
      async (name, flags) =>
        await runner.run(flags, async ({ api }) => {
          const query = flags.with === undefined ? '' : `?with=${encodeURIComponent(flags.with)}`
          const data = await api.delete<{ revoked: GrantView[] }>(`/v1/shares/${encodeURIComponent(name)}${query}`)
          const who = data.revoked.map(({ petname }) => petname).join(', ')
          return {
            data,
            text:
              who === ''
                ? `${name} was shared with nobody${flags.with === undefined ? '; it is no service any more' : ''}.`
                : `Stopped: ${name} for ${who}.`,
          }
        }),
    )

  command(program, 'services', 'what this household shares, and what others let it use').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const data = await api.get<Services>('/v1/services')
        return { data, text: servicesText(data) }
      }),
  )

  command(program, 'open', "the local address of a friend's app; without a name, a link to this household's own page")
    .argument('[contact/name]')
    .option('--print', 'print the address only, open no browser')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async ({ api, terminal }) => {
          const find = async (text: string) => {
            const { contact, name } = contactAndName(text)
            const { offered } = await api.get<Services>('/v1/services')
            const found = offered.find(
              (each) =>
                each.name === name &&
                (each.petname === contact || each.label === contact || (contact.length >= 6 && each.household.startsWith(contact))),
            )
            if (found?.url == null)
              throw new PorchlightError(
                'CONSENT_REQUIRED',
                `${contact} has not shared ${name} with this household: porchlight ask ${contact}/${name} --why "…"`,
                { reason: 'no-grant' },
              )
            return found.url
          }
          const url = ref === undefined ? (await api.post<{ url: string }>('/v1/setup-tokens')).url : await find(ref)
          if (terminal.isInteractive && flags.print !== true && flags.json !== true) showInBrowser(url)
          return { data: { url }, text: url }
        }),
    )

  command(program, 'ask', 'ask a contact, or whoever made you an invite, for one of their apps')
    .argument('<contact/name>', 'with --invite the name alone')
    .option('--invite <link>', 'ask the household that made this link, without pairing; it can answer once you accept the link')
    .requiredOption('--why <text>', 'they see it in quotes; at most 140 characters')
    .option('--until <when>', '30d, 12h, or a day such as 2026-12-22; at most 400d', '30d')
    .option('--change', 'ask to make changes too, not only to look')
    .option('--protocol <id>', 'another protocol than sharing an app')
    .option('--also <scope...>', 'something optional of that protocol too')
    .option('--limit <amount>', 'at most so much in all, both ways, such as 2GB')
    .option('--per-day <amount>', 'at most so much a day (UTC), such as 200MB')
    .option('--per-minute <number>', 'at most so many connections a minute')
    .option('--streams <number>', 'at most so many connections at the same time')
    .option('--window <hours>', 'only then, such as "mon-fri 08:00-18:00 Europe/Berlin"')
    .option('--yes', 'the card was read: do not ask')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async ({ api, terminal }) => {
          if (flags.invite !== undefined && ref.includes('/'))
            throw new PorchlightError('BAD_REQUEST', 'with --invite, only the name of the app is given: the link says whose it is', {
              reason: 'usage',
            })
          const { protocol } = flags
          const { contact, name } = flags.invite === undefined ? contactAndName(ref) : { contact: undefined, name: ref }
          const input = {
            to: contact,
            invite: flags.invite,
            location: name,
            why: flags.why,
            protocol: protocol === undefined ? undefined : wellFormed('--protocol', () => parseProtocolId(protocol)),
            also: [...(flags.change ? ['change'] : []), ...(flags.also ?? [])],
            untilMs: parseUntil(flags.until, terminal.nowMs()),
            limits: limitsOfFlags(flags),
          }
          const { card } = await api.post<{ card: CardView }>('/v1/asks/preview', input)
          terminal.say(`${card.text.trimEnd()}\n\n`)
          if (!(await agreed(terminal, `Ask ${contact ?? 'whoever made the link'} for this?`, { yes: 'Ask', no: 'Not now' }, flags)))
            return { data: null, text: 'Nothing was asked.', exitCode: 77 }
          const data = await api.post<AskView>('/v1/asks', { ...input, shown: card.hash })
          return {
            data,
            text: flags.invite === undefined ? `Asked ${data.petname} for ${name}. You are not told of a no.` : askedByLink(data),
          }
        }),
    )
}
