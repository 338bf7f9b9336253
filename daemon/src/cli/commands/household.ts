import type { Command } from '@commander-js/extra-typings'
import { PorchlightError } from '@porchlight/core'
import type { z } from '@hono/zod-openapi'
import type { status } from '../../api/schemas.ts'
import { type CommandContext, type Runner, command } from '../command-line.ts'
import { localTime } from '../table.ts'
import { waitingText } from './asks.ts'

type Status = z.infer<typeof status>

function statusText({
  name,
  household,
  startedMs,
  contacts,
  waiting,
  recoveryWordsPending,
  lastBackupMs,
  halts,
  alarms,
  addresses,
  daemon,
}: Status): string {
  const lines = [
    `${name} is up since ${localTime(startedMs)}`,
    `  household  ${household}`,
    `  contacts   ${contacts.known} known, ${contacts.connected} connected`,
    `  waiting    ${waitingText(waiting.total, waiting.contacts)}`,
    `  addresses  ${addresses.length === 0 ? 'none' : addresses.join('\n             ')}`,
    `  page, API  ${daemon.apiUrl}`,
    `  gateway    ${daemon.gatewayUrl ?? 'does not run'}`,
    `  directory  ${daemon.home}`,
    `  backup     ${lastBackupMs === null ? 'none yet: porchlight backup FILE' : localTime(lastBackupMs)}`,
  ]
  if (recoveryWordsPending) lines.push('', 'The recovery words wait to be written down: porchlight words')
  if (halts.length > 0) lines.push('', `Held: ${halts.join(', ')}. Nothing is allowed; porchlight why CONTACT SERVICE says how to go on.`)
  return [...lines, ...alarms.map((alarm) => `! ${alarm}`)].join('\n')
}

const sheet = (words: readonly string[]) => {
  const half = Math.ceil(words.length / 2)
  const cell = (at: number) => (words[at] === undefined ? '' : `${String(at + 1).padStart(3)}. ${words[at].padEnd(12)}`)
  return Array.from({ length: half }, (_row, row) => `${cell(row)}${cell(row + half)}`.trimEnd()).join('\n')
}

/** Shows the recovery words and has them confirmed, so that this computer can forget them. */
export async function showRecoveryWords(
  { api, terminal }: CommandContext,
  flags: { yes?: boolean | undefined; json?: boolean | undefined },
): Promise<readonly string[]> {
  const { words, askBack } = await api.post<{ words: string[]; askBack: number[] }>('/v1/recovery-words')
  terminal.say(
    '\nThese words bring your household back when this computer is lost. Whoever has them is you.\nWrite them on paper. They are shown this once.\n\n',
  )
  if (flags.json !== true) terminal.out(`${sheet(words)}\n`)
  const answers: Record<string, string> = {}
  for (const position of askBack) {
    answers[position] = flags.yes === true ? (words[position - 1] ?? '') : await terminal.ask(`Which is word ${position}?`)
  }
  await api.post('/v1/recovery-words/confirm', { words: answers })
  terminal.say('\nConfirmed. This computer no longer has them.\n')
  return words
}

export function addHouseholdCommands(program: Command, runner: Runner): void {
  command(program, 'status', 'how this household is').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const data = await api.get<Status>('/v1/status')
        return { data, text: statusText(data) }
      }),
  )

  command(program, 'words', 'the recovery words, once')
    .option('--yes', 'they are written down: do not ask any back')
    .action(
      async (flags) =>
        await runner.run(flags, async (context) => {
          if (flags.yes !== true && !context.terminal.isInteractive) {
            throw new PorchlightError(
              'BAD_REQUEST',
              'the words are shown once, and nobody is at the terminal: say --yes when what reads this output keeps them',
              { reason: 'usage' },
            )
          }
          const words = await showRecoveryWords(context, flags)
          return { data: { words }, text: '' }
        }),
    )

  command(program, 'rename', 'change what this household calls itself')
    .argument('<name>')
    .action(
      async (name, flags) =>
        await runner.run(flags, async ({ api }) => {
          const data = await api.patch<Status>('/v1/household', { name })
          return { data, text: `This household calls itself ${data.name}.` }
        }),
    )
}
