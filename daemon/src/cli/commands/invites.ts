import type { Command } from '@commander-js/extra-typings'
import type { InviteView } from '@porchlight/node'
import { nameText } from '../alike-text.ts'
import { type Runner, command } from '../command-line.ts'
import { localTime, shortIds, table } from '../table.ts'
import { theOne } from './consent.ts'

const states: Readonly<Record<InviteView['state'], string>> = {
  open: 'open',
  used: 'used',
  expired: 'its time is over',
  exhausted: 'guessed at too often',
  cancelled: 'cancelled',
}

/** Without the links: whoever reads one over a shoulder could use it. */
function invitesText(invites: readonly InviteView[], isAll: boolean): string {
  const short = shortIds(invites.map(({ id }) => id))
  return table(
    ['ID', 'NOW', 'FOR', 'NOTE', 'UNTIL'],
    invites.map(({ id, state, petname, looksLike, note, expMs }) => [
      short(id),
      states[state],
      petname === null ? '' : nameText(petname, looksLike),
      note,
      localTime(expMs),
    ]),
    isAll ? 'No invite was made. Make one: porchlight invite' : 'No invite is open. Make one: porchlight invite',
  )
}

export function addInviteCommands(program: Command, runner: Runner): void {
  const invites = command(program, 'invites', 'the invites that are open')
    .option('--all', 'those that are over too')
    .action(
      async (flags) =>
        await runner.run(flags, async ({ api }) => {
          const { invites: every } = await api.get<{ invites: InviteView[] }>('/v1/invites')
          const data = flags.all ? every : every.filter(({ state }) => state === 'open')
          return { data, text: invitesText(data, flags.all === true) }
        }),
    )

  command(invites, 'cancel', 'end an invite: its link lets nobody in any more')
    .argument('<id>')
    .action(
      async (ref, flags) =>
        await runner.run({ ...invites.opts(), ...flags }, async ({ api }) => {
          const { invites: every } = await api.get<{ invites: InviteView[] }>('/v1/invites')
          const { id, state } = theOne(every, ref, 'invite')
          if (state !== 'open')
            return { data: { removed: false }, text: `Nothing to cancel: this invite is over (${states[state]}).`, exitCode: 1 }
          const data = await api.delete<{ removed: true }>(`/v1/invites/${id}`)
          return { data, text: 'Cancelled: the link lets nobody in any more. Whoever used one already stays a contact.' }
        }),
    )
}
