import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'

export const main = new URL('../../daemon/dist/main.js', import.meta.url).pathname

/** One `porchlight start` and what became of it. */
export class DaemonProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #listeners = new Set<() => void>()
  #said = ''

  /** @param command  the whole command line; default `node main.js start` */
  constructor(environment: NodeJS.ProcessEnv, command: readonly string[] = [process.execPath, main, 'start']) {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PORCHLIGHT_')))
    const env = { ...clean, NO_COLOR: '1', PORCHLIGHT_LISTEN: '/ip4/127.0.0.1/tcp/0', PORCHLIGHT_MDNS: 'false', ...environment }
    const [program = '', ...args] = command
    this.#child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (text: Buffer) => {
        this.#said += text.toString()
        for (const listener of this.#listeners) listener()
      })
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null)
  }

  get said(): string {
    return this.#said
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Waits until the daemon said something; fails when it ends before. */
  async says(pattern: RegExp): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(this.#said) && resolve()
      this.#listeners.add(look)
      void this.#ended.then((code) => reject(new Error(`ended with ${code} before it said ${pattern}:\n${this.#said}`)))
      look()
    })
  }

  async started(): Promise<this> {
    await this.says(/gateway +http/)
    return this
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The exit code, once it has one. */
  async ends(): Promise<number | null> {
    return await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

/** One request to a daemon's API over its Unix socket. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read the JSON as a user's script would
export async function ask(socketPath: string, method: string, path: string, body?: object): Promise<any> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const asked = request({
    socketPath,
    method,
    path,
    headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) },
    agent: false,
  })
  asked.end(text)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return JSON.parse(Buffer.concat(await answer.toArray()).toString())
}
