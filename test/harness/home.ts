import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const main = new URL('../../daemon/dist/main.js', import.meta.url).pathname

/** What a CLI run printed and how it ended. */
export interface CliResult {
  code: number
  stdout: string
  stderr: string
}

/** One household as a person has it: a state directory, a daemon process, and the CLI. */
export class Home implements AsyncDisposable {
  readonly name: string
  readonly dir: string
  #daemon: ChildProcess | undefined
  #log = ''
  readonly #env: NodeJS.ProcessEnv

  readonly #prefix: readonly string[]

  private constructor(name: string, dir: string, env: NodeJS.ProcessEnv, prefix: readonly string[]) {
    this.#prefix = prefix
    this.name = name
    this.dir = dir
    this.#env = {
      ...process.env,
      PORCHLIGHT_HOME: dir,
      PORCHLIGHT_NAME: name,
      PORCHLIGHT_LISTEN: '/ip4/127.0.0.1/tcp/0',
      PORCHLIGHT_MDNS: 'false',
      NO_COLOR: '1',
      ...env,
    }
  }

  /** @param prefix  what goes before the daemon's command, for instance to start it in a network namespace */
  static async start(name: string, env: NodeJS.ProcessEnv = {}, prefix: readonly string[] = []): Promise<Home> {
    const home = new Home(name, await mkdtemp(join(tmpdir(), `porchlight-${name}-`)), env, prefix)
    await home.startDaemon()
    return home
  }

  get pid(): number {
    if (!this.#daemon?.pid) throw new Error(`${this.name} is not running`)
    return this.#daemon.pid
  }

  /** What the daemon has printed since this object was made. */
  get log(): string {
    return this.#log
  }

  /** Starts the daemon and waits until its API answers. */
  async startDaemon(): Promise<void> {
    const [command, ...args] = [...this.#prefix, process.execPath, main, 'start']
    const daemon = spawn(command, args, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#daemon = daemon
    for (const stream of [daemon.stdout, daemon.stderr])
      stream.on('data', (text: Buffer) => {
        this.#log = (this.#log + text.toString()).slice(-200_000)
      })
    for (let tries = 0; ; tries++) {
      if (daemon.exitCode !== null) throw new Error(`${this.name}'s daemon ended with ${daemon.exitCode}:\n${this.#log}`)
      if ((await this.try('status', '--json')).code === 0) return
      if (tries > 60) throw new Error(`${this.name}'s daemon does not answer:\n${this.#log}`)
      await new Promise((wake) => setTimeout(wake, 100))
    }
  }

  /** Ends the daemon with a signal and waits for its end. */
  async endDaemon(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const daemon = this.#daemon
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return daemon?.exitCode ?? null
    const exit = once(daemon, 'exit')
    daemon.kill(signal)
    await exit
    this.#daemon = undefined
    return daemon.exitCode
  }

  /** Runs the CLI; never throws for an exit code. */
  async try(...args: string[]): Promise<CliResult> {
    try {
      const { stdout, stderr } = await run(process.execPath, [main, ...args], { env: this.#env, maxBuffer: 64 << 20 })
      return { code: 0, stdout, stderr }
    } catch (error) {
      const failed = error as { code?: number; stdout?: string; stderr?: string }
      return { code: failed.code ?? -1, stdout: failed.stdout ?? '', stderr: failed.stderr ?? '' }
    }
  }

  /** Runs the CLI with `--json` and returns its data. @throws with what it printed when it fails */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read the JSON as a user's script would
  async cli(...args: string[]): Promise<any> {
    const { code, stdout, stderr } = await this.try(...args, '--json')
    if (code !== 0) throw new Error(`${this.name}: porchlight ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`)
    return JSON.parse(stdout).data
  }

  /** One request to the daemon's API over its Unix socket. */
  async api(method: string, path: string, body?: unknown): Promise<{ status: number; body: string }> {
    const outgoing = request({
      socketPath: join(this.dir, 'run', 'api.sock'),
      method,
      path,
      headers: { 'content-type': 'application/json' },
    })
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    return { status: response.statusCode ?? 0, body: Buffer.concat(await response.toArray()).toString() }
  }

  /** As `api`, for an answer that has to be good. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read the JSON as a user's script would
  async json(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.api(method, path, body)
    if (answer.status >= 300) throw new Error(`${this.name}: ${method} ${path} answered ${answer.status}: ${answer.body}`)
    return JSON.parse(answer.body)
  }

  /** Resident memory of the daemon in bytes, as the kernel counts it. */
  async rssBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endDaemon('SIGTERM')
    await rm(this.dir, { recursive: true, force: true })
  }
}

/** Pairs two homes with an invite, as two people would. */
export async function pair(host: Home, guest: Home): Promise<void> {
  const invite = await host.cli('invite', '--as', guest.name)
  await guest.cli('accept', invite.link, '--as', host.name)
}

/** Shares a whole app from one home with the other, and accepts it there; returns the address the guest opens. */
export async function shareAndAccept(
  host: Home,
  guest: Home,
  target: string,
  as: string,
  ...flags: string[]
): Promise<{ url: string; grant: string }> {
  const changes = flags.includes('--read-only') ? [] : ['--allow-changes']
  const grant = await host.cli('share', target, '--as', as, '--with', guest.name, '--until', '30d', '--yes', ...changes, ...flags)
  const offer = await waitFor(`the offer of ${as} at ${guest.name}`, async () =>
    (await guest.cli('asks')).find((ask: { kind: string; location: string }) => ask.kind === 'offer' && ask.location === as),
  )
  await guest.cli('approve', offer.id, '--yes')
  await waitFor(`${as} to be in force`, async () =>
    (await host.cli('grants')).find((each: { id: string; state: string }) => each.id === grant.id && each.state === 'ACTIVE'),
  )
  const { url } = await guest.cli('open', `${host.name}/${as}`)
  return { url, grant: grant.id }
}

/** As `shareAndAccept`, through the API alone: for suites that do it a hundred times. */
export async function shareAndAcceptQuickly(host: Home, guest: Home, target: string, as: string): Promise<string> {
  const wanted = { target, as, with: guest.name, allowChanges: true, untilMs: Date.now() + 30 * 86_400_000 }
  const { card } = await host.json('POST', '/v1/shares/preview', wanted)
  const grant = await host.json('POST', '/v1/shares', { ...wanted, shown: card.hash })
  const offer = await waitFor(`the offer of ${as}`, async () =>
    (await guest.json('GET', '/v1/asks')).asks.find(({ id }: { id: string }) => id === grant.id),
  )
  await guest.json('POST', `/v1/asks/${offer.id}/approve`, { shown: offer.card.hash })
  await waitFor(`${as} to be in force`, async () =>
    (await host.json('GET', '/v1/grants')).grants.find(
      ({ id, state }: { id: string; state: string }) => id === grant.id && state === 'ACTIVE',
    ),
  )
  return grant.id
}

/** Asks again until there is an answer. A wait with a bound, for things that another process does in its own time. */
export async function waitFor<T>(what: string, look: () => Promise<T | undefined | false>, mostMs = 10_000): Promise<T> {
  const end = Date.now() + mostMs
  for (;;) {
    const seen = await look()
    if (seen) return seen
    if (Date.now() > end) throw new Error(`waited ${mostMs} ms for ${what}`)
    await new Promise((wake) => setTimeout(wake, 25))
  }
}
