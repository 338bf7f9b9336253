import type { Command } from '@commander-js/extra-typings'
import type { ContactView, InviteView } from '@porchlight/node'
import { renderUnicodeCompact } from 'uqr'
import { alikeText, nameText } from '../alike-text.ts'
import { pathText } from '../../services/path-text.ts'
import { type Runner, command } from '../command-line.ts'
import { localTime, shortIds, table } from '../table.ts'
import { agreed } from '../terminal.ts'

const twelve = (words: readonly string[]) => `  ${words.slice(0, 6).join(' ')}\n  ${words.slice(6).join(' ')}`
const verified = { unverified: 'not compared', introduced: 'introduced', compared: 'words compared' } as const
const at = (ref: string) => `/v1/contacts/${encodeURIComponent(ref)}`

function contactsText(contacts: readonly ContactView[]): string {
  const short = shortIds(contacts.map(({ household }) => household))
  return table(
    ['NAME', 'NOW', 'VERIFIED', 'CALLS ITSELF', 'HOUSEHOLD', 'SINCE'],
    contacts.map((each) => [
      nameText(each.petname, each.looksLike),
      each.path ? `connected, ${pathText(each.path)}` : 'not reachable',
      verified[each.level],
      each.selfChosenName,
      short(each.household),
      localTime(each.sinceMs),
    ]),
    'Nobody yet. Make an invite: porchlight invite',
  )
}

export function addContactCommands(program: Command, runner: Runner): void {
  command(program, 'invite', 'make a single-use link and QR code')
    .option('--note <text>', 'for your own memory')
    .option('--as <petname>', 'what to call whoever uses it')
    .action(
      async (flags) =>
        await runner.run(flags, async ({ api, terminal }) => {
          const data = await api.post<InviteView>('/v1/invites', { note: flags.note, petname: flags.as })
          if (data.looksLike) terminal.say(`! ${data.petname ?? ''} ${alikeText(data.looksLike)}\n`)
          terminal.say(
            `Give this link to one household; it works once, until ${localTime(data.expMs)}. To end it before: porchlight invites\n`,
          )
          if (terminal.isInteractive && flags.json !== true) terminal.say(`\n${renderUnicodeCompact(data.link)}\n\n`)
          return { data, text: data.link }
        }),
    )

  command(program, 'accept', 'pair with the household that made an invite')
    .argument('<link>')
    .option('--as <petname>', 'what to call them')
    .action(
      async (link, flags) =>
        await runner.run(flags, async ({ api }) => {
          const data = await api.post<ContactView>('/v1/invites/accept', { link, petname: flags.as })
          const beware = data.looksLike ? `! ${data.petname} ${alikeText(data.looksLike)}: compare the words before anything else.\n` : ''
          return {
            data,
            text: `${beware}${data.petname} is a contact now. Both screens show the same words:\n\n${twelve(data.words)}\n\nCompare them by voice, then: porchlight contacts verify ${data.label}`,
          }
        }),
    )

  const contacts = command(program, 'contacts', 'who this household knows').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const { contacts: data } = await api.get<{ contacts: ContactView[] }>('/v1/contacts')
        return { data, text: contactsText(data) }
      }),
  )

  command(contacts, 'rename', 'change your own name for a contact')
    .argument('<contact>')
    .argument('<petname>')
    .action(
      async (ref, petname, flags) =>
        await runner.run({ ...contacts.opts(), ...flags }, async ({ api }) => {
          const data = await api.patch<ContactView>(at(ref), { petname })
          return { data, text: `They are ${data.petname} to you now.` }
        }),
    )

  command(contacts, 'verify', 'compare the 12 words, and record that they are the same')
    .argument('<contact>')
    .option('--yes', 'the words are the same')
    .action(
      async (ref, flags) =>
        await runner.run({ ...contacts.opts(), ...flags }, async ({ api, terminal }) => {
          const before = await api.get<ContactView>(at(ref))
          terminal.say(`On the other screen, the words for this household have to be:\n\n${twelve(before.words)}\n\n`)
          if (!(await agreed(terminal, 'Are they the same?', { yes: 'They are the same', no: 'They differ' }, flags))) {
            return {
              data: before,
              text: `Nothing recorded. If the words differ, somebody may be in between: porchlight contacts remove ${before.label}`,
              exitCode: 1,
            }
          }
          const data = await api.patch<ContactView>(at(before.household), { compared: true })
          return { data, text: `Recorded: the words with ${data.petname} were compared.` }
        }),
    )

  command(contacts, 'remove', 'revoke every grant of a contact, then forget it')
    .argument('<contact>')
    .option('--yes', 'do not ask')
    .action(
      async (ref, flags) =>
        await runner.run({ ...contacts.opts(), ...flags }, async ({ api, terminal }) => {
          const { petname, household } = await api.get<ContactView>(at(ref))
          if (!(await agreed(terminal, `Revoke everything ${petname} may use, and forget them?`, { yes: 'Remove', no: 'Keep' }, flags)))
            return { data: { removed: false }, text: 'Nothing changed.', exitCode: 1 }
          const data = await api.delete(at(household))
          return { data, text: `${petname} is no contact any more.` }
        }),
    )
}
