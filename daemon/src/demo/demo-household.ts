import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import type { Terminal } from '../cli/terminal.ts'
import { endWithUs } from './end-with-us.ts'

/** What one command printed. */
interface Run {
  readonly code: number
  readonly out: string
}

/** The program that runs this demo, to be started again as a household would start it. */
const program = [...process.execArgv, process.argv[1] ?? '']

/** One household of the demo: a daemon of its own process and its own directory, and somebody at the keyboard. */
export class DemoHousehold implements AsyncDisposable {
  readonly name: string
  readonly #terminal: Terminal
  readonly #environment: NodeJS.ProcessEnv
  #daemon: ChildProcess | undefined
  #log = ''

  constructor(name: string, home: string, terminal: Terminal) {
    this.name = name
    this.#terminal = terminal
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('PORCHLIGHT_')))
    this.#environment = {
      ...inherited,
      NO_COLOR: '1',
      PORCHLIGHT_HOME: home,
      PORCHLIGHT_NAME: `House of ${name}`,
      PORCHLIGHT_LISTEN: '/ip4/127.0.0.1/tcp/0',
      PORCHLIGHT_MDNS: 'false',
    }
    mkdirSync(home, { recursive: true, mode: 0o700 })
  }

  /** Prints something that this household sees. */
  show(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.#terminal.out(`  ${this.name.padEnd(4)}│ ${line}\n`)
  }

  /** Starts the daemon and waits until it says that it is on. */
  async start(): Promise<void> {
    this.show('$ porchlight start')
    const daemon = spawn(process.execPath, [...program, 'start'], { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#daemon = daemon
    endWithUs(daemon)
    daemon.stderr.on('data', (text: Buffer) => (this.#log = (this.#log + text.toString()).slice(-20_000)))
    let said = ''
    await new Promise<void>((resolve, reject) => {
      daemon.once('error', reject)
      daemon.once('exit', (code) => reject(new Error(`${this.name}'s daemon ended with ${code}:\n${this.#log}`)))
      daemon.stdout.on('data', (text: Buffer) => {
        said += text.toString()
        if (said.includes('gateway')) resolve()
      })
    })
    // The setup token is for a browser of this household, and this text may be read by others.
    this.show(said.replace(/\?token=\S+/, '?token=…'))
  }

  /** Types a command and shows it with what it printed. @throws when it fails */
  async types(...argv: string[]): Promise<string> {
    this.show(`$ porchlight ${argv.map((word) => (/^[\w./:=-]+$/.test(word) ? word : `'${word}'`)).join(' ')}`)
    const { code, out } = await this.#run(argv, true)
    if (code !== 0) throw new Error(`porchlight ${argv[0]} ended with ${code} at ${this.name}'s`)
    return out
  }

  /** Asks the same program for data, without showing it. */
  async data<T>(...argv: string[]): Promise<T> {
    const { code, out } = await this.#run([...argv, '--json'], false)
    if (code !== 0) throw new Error(`porchlight ${argv.join(' ')} ended with ${code} at ${this.name}'s: ${out}`)
    return (JSON.parse(out) as { data: T }).data
  }

  async #run(argv: readonly string[], visible: boolean): Promise<Run> {
    const child = spawn(process.execPath, [...program, ...argv], { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] })
    let all = ''
    let out = ''
    child.stdout.on('data', (text: Buffer) => {
      all += text.toString()
      out += text.toString()
    })
    child.stderr.on('data', (text: Buffer) => (all += text.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    if (visible && all !== '') this.show(all)
    return { code: code ?? 1, out }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const daemon = this.#daemon
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null || daemon.pid === undefined) return
    const exit = once(daemon, 'exit')
    daemon.kill('SIGTERM')
    await exit
  }
}
