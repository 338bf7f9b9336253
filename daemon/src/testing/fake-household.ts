import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCli } from '../cli/run-cli.ts'
import type { Terminal } from '../cli/terminal.ts'
import { startDaemon, type RunningDaemon } from '../run/daemon.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { FakeNode } from './fake-node.ts'

export const fakeNowMs = 1_750_000_000_000

/** What one command line did. */
export interface CliRun {
  readonly code: number
  readonly out: string
  readonly said: string
  /** What `--json` printed. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read the JSON as a user's script would
  json(): any
}

/** Answers that a person would give; absent: nobody is at the terminal. */
export interface Person {
  readonly confirms?: boolean | ((question: string) => boolean)
  readonly writes?: (question: string) => string
}

/** Runs a command line in this process, with its output kept. */
export async function runCommand(argv: readonly string[], environment: Record<string, string>, person?: Person): Promise<CliRun> {
  let out = ''
  let said = ''
  const terminal: Terminal = {
    environment,
    out: (text) => void (out += text),
    say: (text) => void (said += text),
    isInteractive: person !== undefined,
    nowMs: () => fakeNowMs,
    confirm: async (question) => (typeof person?.confirms === 'function' ? person.confirms(question) : person?.confirms === true),
    ask: async (question) => person?.writes?.(question) ?? '',
    askHidden: async (question) => person?.writes?.(question) ?? '',
  }
  const code = await runCli(argv, terminal)
  return { code, out, said, json: () => JSON.parse(out) }
}

/** A daemon with everything real but its node: a home directory, both API sockets, the gateway. */
export class FakeHousehold implements AsyncDisposable {
  readonly home: string
  readonly node: FakeNode
  readonly daemon: RunningDaemon
  readonly log: string[]

  private constructor(home: string, node: FakeNode, daemon: RunningDaemon, log: string[]) {
    this.home = home
    this.node = node
    this.daemon = daemon
    this.log = log
  }

  static async start(node = new FakeNode()): Promise<FakeHousehold> {
    const home = mkdtempSync(join(tmpdir(), 'porchlight-fake-'))
    const log: string[] = []
    const daemon = await startDaemon({
      loaded: loadSettings({ flags: {}, environment: { PORCHLIGHT_HOME: home, PORCHLIGHT_MDNS: 'false' } }),
      environment: {},
      createNode: async () => node,
      log: (event, fields) => void log.push(`${event} ${JSON.stringify(fields)}`),
      nowMs: () => fakeNowMs,
    })
    return new FakeHousehold(home, node, daemon, log)
  }

  cli(...argv: string[]): Promise<CliRun> {
    return runCommand(argv, { PORCHLIGHT_HOME: this.home })
  }

  /** The command line with a person at the terminal. */
  cliWith(person: Person, ...argv: string[]): Promise<CliRun> {
    return runCommand(argv, { PORCHLIGHT_HOME: this.home }, person)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]()
    rmSync(this.home, { recursive: true, force: true })
  }
}
