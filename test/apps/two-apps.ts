import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Home, pair, waitFor } from '../harness/home.ts'
import { sourceFlags } from '../harness/source-flags.ts'
import { manifestOf } from './registration-of.ts'

export const protocol = '/example/bench/1'
/** Where the app answers inside its protocol: a grant is always for a room. */
export const room = 'main'
export const socketOf = (home: Home): string => join(home.dir, 'run', 'api.sock')
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Resident memory of a process in bytes, as the kernel counts it. */
export const rssOf = (pid: number): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

/** Lets an app in, as `porchlight apps add` does. @returns its token */
export async function addApp(home: Home, name: string, may: object, id = protocol): Promise<string> {
  return (await home.json('POST', '/v1/apps', { name, protocols: [{ id, ...may }] })).token
}

/** What one request to a daemon's API with the token of an app was answered. */
export interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** An app's way to its daemon: HTTP over the Unix socket, on connections that are kept. */
export class AppClient implements Disposable {
  readonly token: string
  readonly socket: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })

  constructor(home: Home, token: string) {
    this.token = token
    this.socket = socketOf(home)
  }

  async ask(method: string, path: string, body: string | Buffer | object = ''): Promise<Answer> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
    const json = typeof body === 'object' && !Buffer.isBuffer(body) ? { 'content-type': 'application/json' } : {}
    const asked = request({
      socketPath: this.socket,
      agent: this.#agent,
      method,
      path,
      headers: { ...bearer(this.token), ...json, 'content-length': bytes.byteLength },
    })
    asked.end(bytes)
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    return { status: answer.statusCode ?? 0, body: Buffer.concat(await answer.toArray()) }
  }

  /** Calls a method of the other household's app. */
  call(contact: string, method: string, body: string | Buffer = ''): Promise<Answer> {
    return this.ask('POST', `/v1/contacts/${contact}/call${protocol}/${method}?location=${room}`, body)
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

/** The serving app as a process of its own, so that it can be killed. */
export class ServingProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly told: Record<string, unknown>[] = []

  readonly socket: string

  private constructor(child: ChildProcess, socket: string) {
    this.#child = child
    this.socket = socket
    child.on('message', (message) => this.told.push(message as Record<string, unknown>))
  }

  static async start(home: Home, token: string, own = join(home.dir, 'run', `app-${Date.now()}.sock`)): Promise<ServingProcess> {
    const main = fileURLToPath(new URL('serving-main.ts', import.meta.url))
    const app = new ServingProcess(fork(main, [socketOf(home), own, token], { execArgv: sourceFlags }), own)
    await app.tells('ready')
    return app
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The next thing it says of one kind, or one that it said already. */
  async tells(what: string, count = 1): Promise<unknown> {
    return await waitFor(
      `the app to say ${what}`,
      async () => {
        if (this.#child.exitCode !== null) throw new Error(`the app ended with ${this.#child.exitCode}`)
        const said = this.told.filter((each) => what in each)
        return said.length >= count ? { value: said.at(-1)?.[what] } : undefined
      },
      30_000,
    )
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

/** Two households that are contacts, an app in each, and a grant in force from Ben to Ana, made by the app's own ask. */
export class TwoApps implements AsyncDisposable {
  readonly ana: Home
  readonly ben: Home
  readonly caller: AppClient
  readonly serverToken: string
  serving: ServingProcess

  private constructor(parts: Pick<TwoApps, 'ana' | 'ben' | 'caller' | 'serverToken' | 'serving'>) {
    this.ana = parts.ana
    this.ben = parts.ben
    this.caller = parts.caller
    this.serverToken = parts.serverToken
    this.serving = parts.serving
  }

  /** @param begin  starts a household's daemon, for instance in a network namespace */
  static async start(begin: (name: string) => Promise<Home> = (name) => Home.start(name)): Promise<TwoApps> {
    const [ana, ben] = await Promise.all([begin('ana'), begin('ben')])
    await pair(ben, ana)
    const serverToken = await addApp(ben, 'Echo', { serve: true })
    const serving = await ServingProcess.start(ben, serverToken)
    const caller = new AppClient(ana, await addApp(ana, 'Asker', { call: true }))
    const two = new TwoApps({ ana, ben, caller, serverToken, serving })
    await two.#agree()
    return two
  }

  /** Where the serving app itself listens. */
  get servingSocket(): string {
    return this.serving.socket
  }

  async #agree(): Promise<void> {
    const asked = await this.caller.ask('POST', '/v1/app/asks', {
      to: 'ben',
      protocol,
      location: room,
      why: 'to measure',
      expMs: Date.now() + 86_400_000,
      manifest: manifestOf(protocol),
    })
    if (asked.status !== 200) throw new Error(`asking answered ${asked.status}: ${asked.body.toString()}`)
    const ask = await waitFor('the ask', async () =>
      (await this.ben.json('GET', '/v1/asks')).asks.find((each: { protocol: string; kind: string }) => each.protocol === protocol),
    )
    await this.ben.json('POST', `/v1/asks/${ask.id}/approve`, { shown: ask.card.hash })
    // Sent without a card of our own: a person of this household says yes to what comes back.
    const inForce = async () =>
      JSON.parse((await this.caller.ask('GET', '/v1/app/grants')).body.toString()).grants.some(
        ({ state }: { state: string }) => state === 'ACTIVE',
      )
    await waitFor('the grant to be in force', async () => {
      if (await inForce()) return true
      for (const { id, kind, card } of (await this.ana.json('GET', '/v1/asks')).asks)
        if (kind === 'offer') await this.ana.api('POST', `/v1/asks/${id}/approve`, { shown: card.hash })
      return false
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.caller[Symbol.dispose]()
    await this.serving[Symbol.asyncDispose]()
    await Promise.all([this.ana[Symbol.asyncDispose](), this.ben[Symbol.asyncDispose]()])
  }
}
