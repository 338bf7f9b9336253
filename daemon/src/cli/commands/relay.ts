import type { Command } from '@commander-js/extra-typings'
import type { CardView, GrantView, RelayView } from '@porchlight/node'
import { type Answer, type Runner, command } from '../command-line.ts'
import { limitsOfFlags } from '../limit-flags.ts'
import { bytes, localTime, table } from '../table.ts'
import { agreed } from '../terminal.ts'
import { parseUntil } from '../until.ts'

const stateWords: Readonly<Record<RelayView['carriers'][number]['state'], string>> = {
  held: 'carries for you',
  asking: 'is being asked',
  unreachable: 'cannot be reached',
  refused: 'said no, or is no relay now',
  spare: 'in reserve',
}

function statusText({ on, carried, carriers }: RelayView): string {
  const ours = carried.map((each) => [
    each.petname ?? 'your other devices',
    each.hasPlace ? `yes, ${each.circuits} open` : 'no',
    bytes(each.carriedBytes),
    localTime(each.sinceMs),
  ])
  const theirs = carriers.map((each) => [
    each.petname ?? `your device …${each.device.slice(-8)}`,
    stateWords[each.state],
    bytes(each.carriedBytes),
    localTime(each.stateSinceMs),
  ])
  return [
    on ? 'This device is a relay.' : 'This device is no relay. To be one: porchlight relay on',
    table(['FOR', 'NOW', 'CARRIED', 'SINCE'], ours, 'It carried for nobody. To let somebody: porchlight relay allow CONTACT'),
    '',
    'Who carries for this household',
    table(['BY', 'STATE', 'CARRIED', 'SINCE'], theirs, 'Nobody.'),
  ].join('\n')
}

export function addRelayCommands(program: Command, runner: Runner): void {
  const relay = command(program, 'relay', 'carrying connections for those whom nobody can reach directly').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const data = await api.get<RelayView>('/v1/relay')
        return { data, text: statusText(data) }
      }),
  )

  const turn = (name: 'on' | 'off', description: string, says: (view: RelayView) => string): void => {
    command(relay, name, description).action(
      async (flags) =>
        await runner.run({ ...relay.opts(), ...flags }, async ({ api }): Promise<Answer> => {
          const data = await api.post<RelayView>(`/v1/relay/${name}`)
          return { data, text: says(data) }
        }),
    )
  }
  turn(
    'on',
    'carry for those whom you let, from now on; this device must be reachable from outside',
    () =>
      'This device is a relay for your other devices, and for those who hold a grant for it. To let somebody: porchlight relay allow CONTACT\nWhether others reach this device: porchlight doctor',
  )
  turn(
    'off',
    'carry no more; what is carried ends at once',
    () => 'This device carries nothing any more. What you agreed stays: porchlight grants',
  )

  command(relay, 'status', 'what was carried for whom, and who carries for this household').action(
    async (flags) =>
      await runner.run({ ...relay.opts(), ...flags }, async ({ api }) => {
        const data = await api.get<RelayView>('/v1/relay')
        return { data, text: statusText(data) }
      }),
  )

  command(relay, 'allow', 'let a contact be reached through this device')
    .argument('<contact>')
    .option('--until <when>', '30d, 12h, or a day such as 2026-12-22; at most 400d', '365d')
    .option('--limit <amount>', 'at most so much in all, both ways, such as 200GB')
    .option('--per-day <amount>', 'at most so much a day (UTC), such as 5GB')
    .option('--per-minute <number>', 'at most so many new connections a minute')
    .option('--streams <number>', 'at most so many connections at the same time')
    .option('--window <hours>', 'only then, such as "mon-fri 08:00-18:00 Europe/Berlin"')
    .option('--yes', 'the card was read: do not ask')
    .action(
      async (to, flags) =>
        await runner.run({ ...relay.opts(), ...flags }, async ({ api, terminal }) => {
          const input = { to, untilMs: parseUntil(flags.until, terminal.nowMs()), limits: limitsOfFlags(flags) }
          const { card } = await api.post<{ card: CardView }>('/v1/relay/allow-preview', input)
          terminal.say(`${card.text.trimEnd()}\n\n`)
          if (!(await agreed(terminal, `Allow this for ${to}?`, { yes: 'Allow', no: 'Say no' }, flags)))
            return { data: null, text: 'Nothing was allowed.', exitCode: 77 }
          const data = await api.post<GrantView>('/v1/relay/allow', { ...input, shown: card.hash })
          const { on } = await api.get<RelayView>('/v1/relay')
          return {
            data,
            text: `${data.petname} may be reached through this device until ${localTime(data.expMs)}, once they accept.${on ? '' : '\nThis device is no relay yet: porchlight relay on'}\nStop it any time: porchlight revoke ${data.id.slice(0, 12)}`,
          }
        }),
    )
}
