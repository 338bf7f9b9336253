import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceFlags } from '../harness/source-flags.ts'
import { Internet, type InternetOptions } from './internet.ts'
import type { PunchingHomeSettings } from './punching-home.ts'

const program = fileURLToPath(new URL('punching-home.ts', import.meta.url))
const idOf = async (seed: number): Promise<string> => deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(seed)))

interface Event {
  readonly event: string
  readonly atMs: number
  readonly path?: string
  readonly addresses?: readonly string[]
  readonly open?: readonly { remoteAddress: string; sinceMs: number }[]
  readonly mappings?: unknown
  readonly error?: string
}

/** A node on a machine, and what it has told of. */
class Node {
  readonly events: Event[] = []
  readonly #child: ChildProcess
  #wake: () => void = () => {}

  constructor(internet: Internet, machine: string, settings: PunchingHomeSettings) {
    this.#child = internet.spawn(machine, [process.execPath, ...sourceFlags, program, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.events.push(JSON.parse(line) as Event)
      if (process.env.PUNCH_LOG) console.log(machine, line)
      this.#wake()
    })
  }

  /** The first event that fits. */
  async first(fits: (event: Event) => boolean, withinMs = 20_000): Promise<Event> {
    const late = AbortSignal.timeout(withinMs)
    for (;;) {
      const event = this.events.find(fits)
      if (event) return event
      await new Promise<void>((wake, fail) => {
        this.#wake = wake
        late.addEventListener('abort', () => fail(new Error(`not within ${withinMs} ms; heard: ${JSON.stringify(this.events)}`)), {
          once: true,
        })
      })
    }
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

const is = (path: string) => (event: Event) => event.event === 'path' && event.path === path

/** Two homes that know of each other only through the relays on `r` and `s`, and what becomes of their connection. */
async function meetThroughRelay(options: InternetOptions): Promise<{ nodes: Node[]; stop: () => void }> {
  const internet = await Internet.create(options)
  const nodes: Node[] = []
  const start = (machine: string, settings: PunchingHomeSettings): Node => {
    const node = new Node(internet, machine, settings)
    nodes.push(node)
    return node
  }
  const stop = (): void => {
    for (const node of nodes) node.stop()
    internet[Symbol.dispose]()
  }
  try {
    const only6 = options.ipv6 === 'only'
    const relays = await Promise.all(
      (['r', 's'] as const).map(async (machine, i) => {
        const address = only6 ? `/ip6/${internet.ipv6Address(machine)}/tcp/4001` : `/ip4/${internet.address(machine)}/tcp/4001`
        await start(machine, { seed: 100 + i, listen: [address], relays: true }).first(({ event }) => event === 'started')
        const device = await idOf(100 + i)
        return { device, addresses: [`${address}/p2p/${device}`] }
      }),
    )
    const listen = only6 ? ['/ip6/::/tcp/4242'] : ['/ip4/0.0.0.0/tcp/4242']
    const [ana, ben] = [await idOf(1), await idOf(2)]
    const b = start('b', { seed: 2, listen, through: relays as never, keep: { device: ana, addresses: [] } })
    const places = await b.first(({ event, addresses }) => event === 'places' && (addresses?.length ?? 0) >= 2)
    start('a', { seed: 1, listen, through: relays as never, keep: { device: ben, addresses: places.addresses ?? [] } })
    return { nodes: nodes.slice(-2), stop }
  } catch (error) {
    stop()
    throw error
  }
}

const figures: string[] = []
afterAll(() => console.log(['ms from the relayed connection to a direct one, round trip 80 ms:', ...figures].join('\n')))
beforeAll(() => {})

test.each([
  ['cone', 'cone', 'no'],
  ['full', 'full', 'no'],
  ['reject', 'reject', 'no'],
  ['cgnat', 'cone', 'no'],
  ['udpblk', 'cone', 'no'],
  ['cone', 'cone', 'only'],
] as const)('%s and %s become direct within a second of being relayed (IPv6: %s)', async (one, other, ipv6) => {
  const { nodes, stop } = await meetThroughRelay({ homes: { a: one, b: other }, roundTripMs: 80, ipv6 })
  try {
    const times = await Promise.all(
      nodes.map(async (node) => {
        const relayed = await node.first(is('relayed'))
        const direct = await node.first(is('direct'))
        return direct.atMs - relayed.atMs
      }),
    )
    figures.push(`${one}–${other}${ipv6 === 'only' ? ' IPv6' : ''}: ${times.join(', ')}`)
    expect(Math.max(...times)).toBeLessThan(1000)
  } finally {
    stop()
  }
})

test.each([
  ['sym', 'sym'],
  ['cone', 'sym'],
] as const)('%s and %s stay relayed, and nobody is dialled in vain', async (one, other) => {
  const { nodes, stop } = await meetThroughRelay({ homes: { a: one, b: other }, roundTripMs: 80 })
  try {
    for (const node of nodes) await node.first(is('relayed'))
    await new Promise((done) => setTimeout(done, 8000))
    const events = nodes.flatMap((node) => node.events)
    expect(events.some(is('direct'))).toBe(false)
    expect(events.some(({ event }) => event === 'punch.met')).toBe(false)
  } finally {
    stop()
  }
})
