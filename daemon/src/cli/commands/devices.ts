import type { Command } from '@commander-js/extra-typings'
import type { DeviceInvite, DeviceView } from '@porchlight/node'
import { type CommandContext, type Runner, command, print } from '../command-line.ts'
import { parseWords } from '../flag-values.ts'
import { askRecoveryWords } from '../recovery-words.ts'
import { parseUntil } from '../until.ts'
import { agreed } from '../terminal.ts'
import { localTime, table } from '../table.ts'

/** Ids of devices begin alike; people tell them apart by their ends. */
const shortOf = (device: string): string => device.slice(-8)

const states: Readonly<Record<DeviceView['state'], string>> = { 'in-force': 'in force', suspended: 'SUSPENDED', expired: 'expired' }

const devicesText = (devices: readonly DeviceView[]): string =>
  table(
    ['DEVICE', 'STATE', 'MAY', 'UNTIL', ''],
    devices.map(({ device, state, caps, expMs, self, connected }) => [
      shortOf(device),
      states[state],
      caps.join(', ') || 'nothing',
      expMs === null ? 'no end' : localTime(expMs),
      self ? 'this one' : connected ? 'connected' : '',
    ]),
    'No devices.',
  )

const unwrapped = async (asked: Promise<{ devices: DeviceView[] }>): Promise<DeviceView[]> => (await asked).devices

/** Asks unless it was said already; nobody gets further without a yes. */
async function ask({ terminal }: CommandContext, question: string, flags: { yes?: boolean | undefined }): Promise<boolean> {
  return await agreed(terminal, question, { yes: 'Yes', no: 'No' }, flags)
}

const capabilities = ['serve', 'grant', 'revoke', 'govern'] as const
const unchanged = { data: [], text: 'Nothing was changed.' }

export function addDeviceCommands(program: Command, runner: Runner): void {
  command(program, 'devices', 'the devices that speak for this household').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const data = await unwrapped(api.get('/v1/devices'))
        return { data, text: devicesText(data) }
      }),
  )

  const device = command(program, 'device', 'add, suspend or remove a device of this household')

  command(device, 'invite', 'let another machine become a device of this household; asks for the recovery words')
    .option('--caps <list>', 'what it may do: serve, grant, revoke, govern; default all')
    .option('--expires <time>', 'when it stops speaking for the household: 90d, 26w, or a day; default never')
    .option('--words-file <file>', 'read the 24 words from a file; - is standard input')
    .action(
      async (flags) =>
        await runner.run({ ...device.opts(), ...flags }, async (context) => {
          const caps = flags.caps === undefined ? undefined : parseWords(flags.caps, '--caps', capabilities)
          const expMs = flags.expires === undefined ? undefined : parseUntil(flags.expires, context.terminal.nowMs(), '--expires')
          const words = await askRecoveryWords(context.terminal, flags)
          const data: DeviceInvite = await context.api.post('/v1/devices/invites', {
            words,
            ...(caps && { caps }),
            ...(expMs && { expMs }),
          })
          return {
            data,
            text: `On the new machine, within 15 minutes:\n\n  porchlight device join ${data.link}\n\nWhoever has this link before that becomes part of your household. It works once.`,
          }
        }),
    )

  command(device, 'join', 'make this machine a device of a household; stop the daemon first')
    .argument('<link>', 'what `porchlight device invite` printed')
    .option('--passphrase-file <file>', 'a file with the passphrase for the keys on this machine')
    .action(async (link, flags) => {
      const all = { ...device.opts(), ...flags }
      const { joinDevice } = await import('../../run/join-device.ts')
      const joined = await joinDevice({ link, flags: all, terminal: runner.terminal })
      const aside = joined.setAside === null ? '' : `\nThe household that was here had no contacts; it is in ${joined.setAside}.`
      print(runner.terminal, all.json === true, {
        data: joined,
        text: `This machine is a device of ${joined.name} now${joined.synced ? ', and knows what it knows' : ''}.${aside}\nRun it: porchlight start`,
      })
    })

  command(
    device,
    'suspend',
    'a device was lost or stolen: it speaks for this household no more, here at once and at contacts as soon as they hear',
  )
    .argument('<device>', 'its last characters, as `porchlight devices` shows them')
    .option('--yes', 'do not ask')
    .action(
      async (ref, flags) =>
        await runner.run({ ...device.opts(), ...flags }, async (context) => {
          if (!(await ask(context, `Suspend ${ref}? Only the recovery words bring it back.`, flags))) return unchanged
          const data = await unwrapped(context.api.post(`/v1/devices/${encodeURIComponent(ref)}/suspend`))
          return {
            data,
            text: `${devicesText(data)}\n\nSuspended. Contacts that are connected know; the others hear of it when they connect.\nWhat it allowed waits in \`porchlight grants\` until you look at it. Take it off the list for good: porchlight device remove ${ref}`,
          }
        }),
    )

  command(device, 'remove', 'take a device off the list of this household; asks for the recovery words')
    .argument('<device>')
    .option('--words-file <file>', 'read the 24 words from a file; - is standard input')
    .option('--yes', 'do not ask')
    .action(
      async (ref, flags) =>
        await runner.run({ ...device.opts(), ...flags }, async (context) => {
          if (!(await ask(context, `Take ${ref} off the list of this household?`, flags))) return unchanged
          const words = await askRecoveryWords(context.terminal, flags)
          const data = await unwrapped(context.api.post(`/v1/devices/${encodeURIComponent(ref)}/remove`, { words }))
          return { data, text: `${devicesText(data)}\n\nRemoved. Contacts hear of it when they connect.` }
        }),
    )

  const household = command(program, 'household', 'the keys of this household')

  command(household, 'rotate', 'replace the root key: whatever somebody else signed with the old one is void; asks for the recovery words')
    .option('--without <device...>', 'devices to leave out')
    .option('--words-file <file>', 'read the 24 words from a file; - is standard input')
    .option('--yes', 'do not ask')
    .action(
      async (flags) =>
        await runner.run({ ...household.opts(), ...flags }, async (context) => {
          const { without = [] } = flags
          const before = await unwrapped(context.api.get('/v1/devices'))
          context.terminal.say(`${devicesText(before)}\n\n`)
          const left = without.length === 0 ? 'Every device in this list that is in force goes on.' : `All but ${without.join(', ')} go on.`
          if (!(await ask(context, `Replace the root key? ${left}`, flags))) return unchanged
          const words = await askRecoveryWords(context.terminal, flags)
          const data = await unwrapped(context.api.post('/v1/household/rotate', { words, without }))
          return { data, text: `${devicesText(data)}\n\nThe root key is replaced. Your recovery words stay the same.` }
        }),
    )
}
