import { resolve } from 'node:path'
import type { Command } from '@commander-js/extra-typings'
import { householdId, limits, PorchlightError } from '@porchlight/core'
import type { BackupView } from '@porchlight/node'
import { runningDaemon } from '../../state/daemon-lock.ts'
import { type Runner, command, print } from '../command-line.ts'
import { wellFormed } from '../flag-values.ts'
import { askRecoveryWords } from '../recovery-words.ts'
import { firstLine } from '../secret-file.ts'
import { bytes, localTime } from '../table.ts'
import type { Terminal } from '../terminal.ts'

const usage = (message: string): PorchlightError => new PorchlightError('BAD_REQUEST', message, { reason: 'usage' })

/** A passphrase from the first line of a file, or from the person; never from the command line, which every program of this machine can read. */
async function passphraseFrom(terminal: Terminal, file: string | undefined, question: string): Promise<string> {
  if (file !== undefined) return firstLine(file, 'file')
  if (!terminal.isInteractive) throw usage(`nobody is at the terminal to answer "${question}": say --passphrase-file FILE`)
  return await terminal.askHidden(question)
}

/** Ends the daemon of a directory, if there is one, and waits for its end. */
async function stopDaemon(home: string): Promise<void> {
  const pid = runningDaemon(home)
  if (pid === undefined) return
  process.kill(pid, 'SIGTERM')
  for (let waitedMs = 0; runningDaemon(home) !== undefined; waitedMs += 100) {
    if (waitedMs > 2 * limits.shutdownMs)
      throw new PorchlightError('BUSY', `process ${pid} runs on ${home} and does not end; nothing was erased`, {
        reason: 'already-running',
      })
    await new Promise((wake) => setTimeout(wake, 100))
  }
}

export function addKeepingCommands(program: Command, runner: Runner): void {
  const { terminal } = runner

  command(program, 'backup', 'everything of this household as one age file, which the recovery words open')
    .argument('<file>')
    .option('--passphrase', 'seal it with a passphrase that is asked for, instead of to the recovery words')
    .option('--passphrase-file <file>', 'as --passphrase, from the first line of a file')
    .action(
      async (file, flags) =>
        await runner.run(flags, async ({ api }) => {
          const wantsPassphrase = flags.passphrase === true || flags.passphraseFile !== undefined
          const passphrase = wantsPassphrase
            ? await passphraseFrom(terminal, flags.passphraseFile, 'Passphrase for the backup?')
            : undefined
          // It is not shown while it is typed, and a typing error would be found when the backup is needed.
          if (
            flags.passphrase === true &&
            flags.passphraseFile === undefined &&
            (await terminal.askHidden('The same again:')) !== passphrase
          )
            throw usage('the two are not the same; nothing was written')
          if (passphrase === '') throw usage('an empty passphrase seals nothing')
          const data = await api.post<BackupView>('/v1/backups', { path: resolve(file), ...(passphrase !== undefined && { passphrase }) })
          const opens = data.opensWith === 'words' ? 'Your recovery words open it' : 'The passphrase opens it'
          return {
            data,
            text: `Wrote ${bytes(data.bytes)} to ${data.path}.\n${opens}: porchlight restore. Keep it somewhere else than on this machine.`,
          }
        }),
    )

  command(program, 'restore', 'make this household again from a backup, in an empty state directory')
    .argument('<file>')
    .option('--words-file <file>', 'read the 24 words from a file; - is standard input; otherwise they are asked for')
    .option('--passphrase', 'the backup was sealed with a passphrase, which is asked for')
    .option('--passphrase-file <file>', 'as --passphrase, from the first line of a file')
    .option('--household <id>', 'restore only if the backup is of this household')
    .action(async (file, { json, ...flags }) => {
      const home = runner.homeOf(flags)
      const { household } = flags
      if (household !== undefined) wellFormed('--household', () => householdId(household))
      const { restoreHousehold } = await import('@porchlight/node')
      const byPassphrase = flags.passphrase === true || flags.passphraseFile !== undefined
      const key = byPassphrase
        ? { passphrase: await passphraseFrom(terminal, flags.passphraseFile, 'Passphrase of the backup?') }
        : { words: await askRecoveryWords(terminal, flags) }
      const data = await restoreHousehold({
        dir: home,
        file: resolve(file),
        key,
        nowMs: terminal.nowMs,
        ...(household !== undefined && { household }),
      })
      print(terminal, json === true, {
        data: { ...data, home },
        text: [
          `Household ${data.household} is back in ${home}, as it was on ${localTime(data.madeMs)}.`,
          'Compare that id with one a friend sees for you. Nothing is served yet: what you stopped after that day is not in the backup.',
          'Start it with porchlight start, look at porchlight grants, and confirm what you still want: porchlight resume GRANT',
          'The machine it came from must not run any more: two machines with one key contradict each other.',
        ].join('\n'),
      })
    })

  command(program, 'recover', 'make this household again without a backup, from the words and an export')
    .requiredOption('--documents <file>', 'household.json of an export of yours, or contacts.json of an export that a contact made')
    .option('--words-file <file>', 'the 24 recovery words, from a file; otherwise they are asked for')
    .action(async ({ json, ...flags }) => {
      const home = runner.homeOf(flags)
      const { recoverHousehold } = await import('@porchlight/node')
      const words = await askRecoveryWords(terminal, flags)
      const data = await recoverHousehold({ dir: home, words, documents: resolve(flags.documents), nowMs: terminal.nowMs })
      print(terminal, json === true, {
        data: { ...data, home },
        text: [
          `Household ${data.household} is back in ${home}, on a new device. All its earlier devices are out.`,
          'Compare that id with one a friend sees for you. Nothing that was agreed is here: it has to be agreed again.',
          data.contacts.length === 0
            ? 'No contact is here either. Start it with porchlight start, and pair again: porchlight invite, porchlight accept LINK'
            : `Start it with porchlight start. ${data.contacts.join(', ')}: compare the words with each again.`,
        ].join('\n'),
      })
    })

  command(program, 'erase', 'erase this household from this machine, for good')
    .option('--yes <name>', 'the name of the household, instead of typing it')
    .action(async ({ json, yes, ...flags }) => {
      const home = runner.homeOf(flags)
      const { describeHousehold, eraseHousehold } = await import('@porchlight/node')
      // Asked before the daemon is stopped: a question that nobody answers must change nothing.
      if (yes === undefined && !terminal.isInteractive)
        throw usage('nobody is at the terminal to type the name of the household: say --yes NAME')
      const typed = yes ?? (await terminal.ask('This cannot be undone. Type the name of the household to erase it:'))
      const name = await nameOf(home)
      if (name !== undefined && typed !== name)
        throw new PorchlightError('BAD_REQUEST', 'that is not the name of this household; nothing was erased', { reason: 'name-wrong' })
      await stopDaemon(home)
      const known = await describeHousehold(home)
      if (typed !== known.name)
        throw new PorchlightError('BAD_REQUEST', 'that is not the name of this household; nothing was erased', { reason: 'name-wrong' })
      const left = await eraseHousehold(home)
      print(terminal, json === true, { data: { ...known, home, left }, text: erasedText(known, home, left) })
    })

  async function nameOf(home: string): Promise<string | undefined> {
    if (runningDaemon(home) === undefined) return undefined
    const { apiClient } = await import('../api-client.ts')
    await using api = apiClient(home)
    return (await api.get<{ name: string }>('/v1/status')).name
  }
}

function erasedText(
  known: { contacts: readonly string[]; given: number; received: number },
  home: string,
  left: readonly string[],
): string {
  const others =
    known.contacts.length === 0
      ? []
      : [
          `  ${known.contacts.join(', ')}: each keeps the id, devices and addresses of this household, and the signed grants and endings that`,
          `  passed between you (${known.given} given, ${known.received} received), and whatever they saw or saved.`,
        ]
  return [
    `Erased from ${home}: first the keys, then everything else of Porchlight.`,
    ...(left.length === 0 ? [] : [`Left alone, because it is not Porchlight's: ${left.join(', ')}`]),
    '',
    'What cannot be erased from here:',
    ...others,
    '  Backups and copies of snapshots that lie elsewhere: delete them too.',
    '  The data of your apps: it was never here, and nothing of it was touched.',
    '  Recovery words on paper open old backups for as long as those exist.',
  ].join('\n')
}
