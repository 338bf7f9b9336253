import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { waitFor } from './harness/home.ts'
import { LiveDaemon, pairLive } from './harness/live-daemon.ts'
import { sourceFlags } from './harness/source-flags.ts'

const file = new URL('../examples/serve-and-ask.ts', import.meta.url).pathname

/** The example as a process of its own beside a daemon. */
class Example implements AsyncDisposable {
  readonly #child: ChildProcess
  /** Once all that it said was read. */
  readonly #closed: Promise<unknown>
  #isOver = false
  out = ''
  err = ''

  constructor(daemon: LiveDaemon, state: string, ...args: string[]) {
    const env = { ...process.env, PORCHLIGHT_HOME: daemon.home, XDG_STATE_HOME: state }
    this.#child = spawn(process.execPath, [...sourceFlags, file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#closed = once(this.#child, 'close').then(() => (this.#isOver = true))
    this.#child.stdout!.on('data', (text: Buffer) => (this.out += text.toString()))
    this.#child.stderr!.on('data', (text: Buffer) => (this.err += text.toString()))
  }

  /** Waits until it says something. */
  async says(words: string): Promise<void> {
    await waitFor(
      words,
      async () => {
        if (this.#isOver && !this.out.includes(words)) throw new Error(`ended with ${this.out}${this.err}`)
        return this.out.includes(words)
      },
      30_000,
    )
  }

  /** Lets it in, as the person who reads its command. */
  async letIn(daemon: LiveDaemon): Promise<void> {
    const [, id, home] = await waitFor('the question', async () => /apps allow (\S+) --home (\S+)\n/.exec(this.err) ?? undefined, 30_000)
    expect(home).toBe(daemon.home)
    await daemon.letIn(id!)
  }

  async ended(): Promise<number | null> {
    await this.#closed
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) this.#child.kill('SIGTERM')
    await this.ended()
  }
}

test(
  'examples/serve-and-ask.ts is let in, serves at one household, asks from another, and asks nobody twice',
  { timeout: 120_000 },
  async () => {
    expect((await readFile(file, 'utf8')).trimEnd().split('\n').length).toBeLessThanOrEqual(60)
    const state = await mkdtemp(join(tmpdir(), 'porchlight-example-'))
    await using stack = new AsyncDisposableStack()
    stack.defer(() => rm(state, { recursive: true }))
    const [ben, ana] = [stack.use(await LiveDaemon.start('ben')), stack.use(await LiveDaemon.start('ana'))]
    await pairLive(ben, ana)

    const door = stack.use(new Example(ben, state, 'serve'))
    await door.letIn(ben)
    await door.says('serving')
    const visitor = stack.use(new Example(ana, state, 'ask', 'ben'))
    await visitor.letIn(ana)
    await visitor.says('asked ben; somebody there has to say yes')
    await ben.sayYes()
    await visitor.says('Hello Ana, the light is on.')
    expect(await visitor.ended()).toBe(0)

    const again = stack.use(new Example(ana, state, 'ask', 'ben'))
    await again.says('Hello Ana, the light is on.')
    expect([again.out, again.err]).toEqual(['Hello Ana, the light is on.\n', ''])
    expect(door.out).toBe('serving\nana is at the door\nana is at the door\n')
  },
)
