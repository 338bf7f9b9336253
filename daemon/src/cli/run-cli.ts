import { Command } from '@commander-js/extra-typings'
import tab from '@bomb.sh/tab/commander'
import { CommanderError } from 'commander'
import { asPorchlightError } from '@porchlight/core'
import { version } from '../run/version.ts'
import { Runner } from './command-line.ts'
import { addAppCommands } from './commands/apps.ts'
import { addAskCommands } from './commands/asks.ts'
import { addBlockCommands } from './commands/blocks.ts'
import { addConsentCommands } from './commands/consent.ts'
import { addControlCommands } from './commands/control.ts'
import { addContactCommands } from './commands/contacts.ts'
import { addDemoCommand } from './commands/demo.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addDeviceCommands } from './commands/devices.ts'
import { addExportCommands } from './commands/export.ts'
import { addHouseholdCommands } from './commands/household.ts'
import { addInviteCommands } from './commands/invites.ts'
import { addKeepingCommands } from './commands/keeping.ts'
import { addLogCommands } from './commands/log.ts'
import { addProtocolCommands } from './commands/protocol.ts'
import { addRelayCommands } from './commands/relay.ts'
import { addOfferCommand } from './commands/offers.ts'
import { addShareCommands } from './commands/shares.ts'
import { addStartCommands, type CreateNode } from './commands/start.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { refuseEmptyValues } from './flag-values.ts'
import type { Terminal } from './terminal.ts'

/** Every command, with nothing run yet. */
export function makeProgram(runner: Runner, createNode?: CreateNode): Command {
  const { terminal } = runner
  const program = new Command('porchlight')
    .enablePositionalOptions()
    .description('You, by name, may come in, to this room, until I turn it off.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.say })
    .showSuggestionAfterError(true)
    .showHelpAfterError('(porchlight --help lists the commands)')
    .hook('preAction', (_program, running) => refuseEmptyValues(running as never))
  addStartCommands(program, runner, createNode)
  addHouseholdCommands(program, runner)
  addDoctorCommand(program, runner)
  addDeviceCommands(program, runner)
  addContactCommands(program, runner)
  addInviteCommands(program, runner)
  addShareCommands(program, runner)
  addOfferCommand(program, runner)
  addAskCommands(program, runner)
  addBlockCommands(program, runner)
  addConsentCommands(program, runner)
  addControlCommands(program, runner)
  addRelayCommands(program, runner)
  addAppCommands(program, runner)
  addLogCommands(program, runner)
  addExportCommands(program, runner)
  addKeepingCommands(program, runner)
  addProtocolCommands(program, runner)
  addDemoCommand(program, runner)
  tab(program as never, { completionCommandName: 'completion' })
  return program
}

/**
 * Runs one command line.
 *
 * @param argv  without the program's own name
 * @returns     the exit code, one of `exitCodes`
 */
export async function runCli(argv: readonly string[], terminal: Terminal, createNode?: CreateNode): Promise<number> {
  const runner = new Runner(terminal)
  const json = argv.includes('--json')
  const fail = (error: { code: string; reason: string | null; message: string }) => {
    if (json) terminal.out(`${JSON.stringify({ v: 1, error })}\n`)
    else terminal.say(`porchlight: ${error.message}\n`)
  }
  try {
    await makeProgram(runner, createNode).parseAsync([...argv], { from: 'user' })
    return runner.outcome.exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return exitCodes.ok
      if (json) fail({ code: 'BAD_REQUEST', reason: 'usage', message: thrown.message.replace(/^error: /, '') })
      return exitCodes.usage
    }
    const error = asPorchlightError(thrown)
    fail({ code: error.code, reason: error.reason ?? null, message: error.message })
    return exitCodeOf(error)
  }
}
