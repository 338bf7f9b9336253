import type { Command as AnyCommand } from '@commander-js/extra-typings'
import { homeOf } from '../settings/load-settings.ts'
import { apiClient, type ApiClient } from './api-client.ts'
import type { Terminal } from './terminal.ts'

/** What a command answers: data for programs, text for people. */
export interface Answer {
  readonly data: unknown
  readonly text: string
  /** Default 0. */
  readonly exitCode?: number
  /** The command wrote its data itself, in another shape. */
  readonly isPrinted?: boolean
}

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly home: string
  readonly api: ApiClient
}

/** Where a command's answer is left for `runCli`. */
export interface Outcome {
  exitCode: number
}

/** Prints an answer: `{"v":1,"data":…}` with `--json`, else its text. */
export function print(terminal: Terminal, json: boolean, { data, text, isPrinted }: Answer): void {
  if (isPrinted === true) return
  if (json) terminal.out(`${JSON.stringify({ v: 1, data })}\n`)
  else if (text !== '') terminal.out(`${text}\n`)
}

/** A command with the options that every one has. What stands behind a subcommand is the subcommand's, not its parent's. */
export const command = (parent: AnyCommand, name: string, description: string) =>
  parent
    .command(name)
    .description(description)
    .enablePositionalOptions()
    .option('--json', 'answer as JSON on stdout')
    .option('--home <dir>', 'state directory of the household (PORCHLIGHT_HOME)')

/** Gives commands their context and prints what they answer. */
export class Runner {
  readonly terminal: Terminal
  readonly outcome: Outcome = { exitCode: 0 }

  constructor(terminal: Terminal) {
    this.terminal = terminal
  }

  homeOf(flags: { home?: string | undefined }): string {
    return homeOf({ flags, environment: this.terminal.environment })
  }

  /** Runs a command that talks to the daemon. */
  async run(
    flags: { home?: string | undefined; json?: true | undefined },
    work: (context: CommandContext) => Promise<Answer>,
  ): Promise<void> {
    const home = this.homeOf(flags)
    await using api = apiClient(home)
    const answer = await work({ terminal: this.terminal, home, api })
    print(this.terminal, flags.json === true, answer)
    this.outcome.exitCode = answer.exitCode ?? 0
  }
}
