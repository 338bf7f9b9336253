import { confirm, isCancel, password, text } from '@clack/prompts'
import { PorchlightError } from '@porchlight/core'

/** What a command may see and use of the world around it. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Data. */
  out(text: string): void
  /** Talk: what a person reads and a program skips. */
  say(text: string): void
  /** Whether a person is there to answer questions. */
  readonly isInteractive: boolean
  readonly nowMs: () => number
  confirm(question: string, choices: { yes: string; no: string }): Promise<boolean>
  ask(question: string): Promise<string>
  /** As `ask`, without showing what is typed. */
  askHidden(question: string): Promise<string>
}

const interrupted = () => new PorchlightError('CLOSED', 'interrupted', { reason: 'interrupted' })

async function answered<T>(asked: Promise<T | symbol>): Promise<T> {
  const answer = await asked
  if (isCancel(answer)) throw interrupted()
  return answer as T
}

/** The real one. Questions go to stderr, so that stdout stays data. */
export function realTerminal(): Terminal {
  return {
    environment: process.env,
    out: (line) => void process.stdout.write(line),
    say: (line) => void process.stderr.write(line),
    isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    nowMs: Date.now,
    confirm: async (message, { yes, no }) =>
      await answered<boolean>(confirm({ message, active: yes, inactive: no, initialValue: false, output: process.stderr })),
    ask: async (message) => await answered<string>(text({ message, output: process.stderr })),
    askHidden: async (message) => await answered<string>(password({ message, output: process.stderr })),
  }
}

/** A question that a flag must answer when nobody is there. @throws `BAD_REQUEST` with reason `usage` naming the flag */
export async function agreed(
  terminal: Terminal,
  question: string,
  choices: { yes: string; no: string },
  flags: { yes?: boolean | undefined },
): Promise<boolean> {
  if (flags.yes === true) return true
  if (!terminal.isInteractive)
    throw new PorchlightError('BAD_REQUEST', `nobody is at the terminal to answer "${question}": say --yes to agree`, { reason: 'usage' })
  return await terminal.confirm(question, choices)
}
