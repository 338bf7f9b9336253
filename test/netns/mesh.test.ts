import { type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { afterEach, expect, test } from 'vitest'
import { sourceFlags } from '../harness/source-flags.ts'
import { createLan, type Lan } from './lan.ts'

const program = fileURLToPath(new URL('mesh-host.ts', import.meta.url))
const idOf = async (seed: number): Promise<string> => deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(seed)))

/** A mesh process on a machine, and the events it has told of. */
class Host {
  readonly #events: { event: string; via?: string }[] = []
  readonly #child: ChildProcess
  #wake: () => void = () => {}

  constructor(lan: Lan, machine: string, settings: { seed: number; keep?: string; mdns: boolean }) {
    this.#child = lan.spawn(machine, process.execPath, [...sourceFlags, program, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.#events.push(JSON.parse(line))
      this.#wake()
    })
  }

  /** How many events there have been, as a mark for `next`. */
  get mark(): number {
    return this.#events.length
  }

  /** Resolves with the first event of that name after the mark. */
  async next(event: string, mark: number, fits: (event: { via?: string }) => boolean = () => true): Promise<{ via?: string }> {
    for (;;) {
      const found = this.#events.slice(mark).find((each) => each.event === event && fits(each))
      if (found) return found
      if (this.#child.exitCode !== null) throw new Error(`the mesh ended with ${this.#child.exitCode}`)
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
  }
}

let lan: Lan | undefined
afterEach(() => lan?.[Symbol.dispose]())

test('two on a LAN find each other by mDNS, and again after both changed their addresses', async () => {
  lan = createLan({ ana: '10.77.0.10/24', ben: '10.77.0.20/24' })
  const [ana, ben] = [
    new Host(lan, 'ana', { seed: 1, keep: await idOf(2), mdns: true }),
    new Host(lan, 'ben', { seed: 2, keep: await idOf(1), mdns: true }),
  ]
  await Promise.all([ana.next('started', 0), ben.next('started', 0)])
  const from = performance.now()
  await Promise.all([ana.next('called', 0), ben.next('called', 0)])
  const firstSeconds = (performance.now() - from) / 1000
  const [anaMark, benMark] = [ana.mark, ben.mark]
  lan.setAddress('ana', '10.77.0.110/24')
  lan.setAddress('ben', '10.77.0.120/24')
  const changed = performance.now()
  const [over] = await Promise.all([
    ana.next('called', anaMark, ({ via }) => via?.includes('10.77.0.120') === true),
    ben.next('called', benMark, ({ via }) => via?.includes('10.77.0.110') === true),
  ])
  const againSeconds = (performance.now() - changed) / 1000
  console.log(
    `found each other in ${firstSeconds.toFixed(1)} s; after both changed address in ${againSeconds.toFixed(1)} s, over ${over.via}`,
  )
})

test('a mesh without mDNS sends no packet; with mDNS only to the multicast group', async () => {
  lan = createLan({ quiet: '10.77.0.10/24', asking: '10.77.0.20/24' })
  const [quiet, asking] = [new Host(lan, 'quiet', { seed: 1, mdns: false }), new Host(lan, 'asking', { seed: 2, mdns: true })]
  await Promise.all([quiet.next('started', 0), asking.next('started', 0)])
  await new Promise((resolve) => setTimeout(resolve, 15_000))
  expect(lan.sent('quiet')).toEqual({ multicast: 0, other: 0 })
  const { multicast, other } = lan.sent('asking')
  expect(other).toBe(0)
  expect(multicast).toBeGreaterThan(0)
  console.log(`in 15 s: ${multicast} packets to the multicast group with mDNS on, none with it off`)
})
