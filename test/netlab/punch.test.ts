import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { MeshNode, type MeshNodeEvent } from '../harness/mesh-node.ts'
import { Internet, type InternetOptions } from './internet.ts'
import { pairs, type Pair } from './pairs.ts'

/** Runs of each pair; the matrix beside this has them all, so by default one of the hardest, and one of each IP version. */
const runs = Number(process.env['PUNCH_RUNS'] ?? 2)
const chosen = process.env['PUNCH_RUNS'] === undefined ? ['reject–reject', 'IPv6, stateful firewalls'] : pairs.map(({ name }) => name)

/** Two homes, each with a place on the relays of `r` and `s`, and nothing known of each other but that. */
class TwoHomes implements AsyncDisposable {
  readonly internet: Internet
  readonly #nodes: MeshNode[] = []

  private constructor(internet: Internet) {
    this.internet = internet
  }

  static async create(options: InternetOptions): Promise<TwoHomes> {
    const homes = new TwoHomes(await Internet.create(options))
    try {
      await homes.#start(options.ipv6 ?? 'no')
      return homes
    } catch (error) {
      await homes[Symbol.asyncDispose]()
      throw error
    }
  }

  get ana(): MeshNode {
    return this.#nodes[2]!
  }

  get ben(): MeshNode {
    return this.#nodes[3]!
  }

  /** Ana dials Ben through his relays. */
  async meet(): Promise<void> {
    const { reservations } = await this.ben.look()
    await this.ben.keep(this.ana.device, [])
    await this.ana.keep(
      this.ben.device,
      reservations.flatMap(({ addresses }) => addresses.map((address) => `${address}/p2p/${this.ben.device}`)),
    )
  }

  async #start(ipv6: 'no' | 'also' | 'only'): Promise<void> {
    const at = (host: 'r' | 's'): string =>
      ipv6 === 'only' ? `/ip6/${this.internet.ipv6Address(host)}/tcp/4001` : `/ip4/${this.internet.address(host)}/tcp/4001`
    const any = [...(ipv6 === 'only' ? [] : ['/ip4/0.0.0.0/tcp/4242']), ...(ipv6 === 'no' ? [] : ['/ip6/::/tcp/4242'])]
    const node = async (machine: string, seed: number, settings: { listen: string[]; isRelay?: boolean }): Promise<void> => {
      this.#nodes[seed - 1] = await MeshNode.start((command) => this.internet.spawn(machine, command), { seed, ...settings })
    }
    await Promise.all([
      node('r', 1, { listen: [at('r')], isRelay: true }),
      node('s', 2, { listen: [at('s')], isRelay: true }),
      node('ana', 3, { listen: any }),
      node('ben', 4, { listen: any }),
    ])
    const relays = (['r', 's'] as const).map((host, i) => ({ device: this.#nodes[i]!.device, addresses: [at(host)] }))
    for (const home of [this.ana, this.ben]) {
      await home.useRelays(relays as never)
      while ((await home.look()).reservations.filter(({ state }) => state === 'held').length < 2) await wait(20)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node?.end('SIGKILL')))
    this.internet[Symbol.dispose]()
  }
}

const about = (node: MeshNode, device: string, event: string): MeshNodeEvent | undefined =>
  node.events.find((each) => each.event === event && each['device'] === device)

describe('two homes that only a relay brought together', () => {
  const figures: string[] = []
  afterAll(() => console.log(['ms from the relayed connection to the direct one, at 80 ms:', ...figures].join('\n')))

  test.each(pairs.filter(({ goal, a, name }) => goal === 'direct' && a !== 'public' && chosen.includes(name)))(
    '$name: meet within a second',
    async (pair: Pair) => {
      const times: number[] = []
      for (let n = 0; n < runs; n++) {
        await using homes = await TwoHomes.create({
          homes: { ana: pair.a, ben: pair.b },
          roundTripMs: 80,
          ...(pair.ipv6 ? { ipv6: pair.ipv6 } : {}),
        })
        const { ana, ben } = homes
        await homes.meet()
        await expect
          .poll(() => about(ana, ben.device, 'punch.met') && about(ben, ana.device, 'punch.met'), { timeout: 15_000 })
          .toBeDefined()
        const took = [[ana, ben] as const, [ben, ana] as const].map(
          ([own, other]) => about(own, other.device, 'punch.met')!.atMs - about(own, other.device, 'mesh.connected')!.atMs,
        )
        times.push(Math.max(...took))
        const ways = (await ana.look()).connections.filter(({ device }) => device === ben.device)
        expect(ways.find(({ best }) => best)).toMatchObject({ relayed: false, direction: 'outbound' })
      }
      figures.push(`${pair.name}: ${times.map((time) => time.toFixed(0)).join(', ')}`)
      // The median; of two the better one, for the machine that all this runs on has other things to do.
      expect(times.toSorted((one, other) => one - other)[Math.floor((runs - 1) / 2)]).toBeLessThan(1000)
    },
  )

  test('meet over IPv6 when both routers are symmetric, though their relays are reached over IPv4', async () => {
    await using homes = await TwoHomes.create({ homes: { ana: 'sym', ben: 'sym' }, roundTripMs: 80, ipv6: 'also' })
    const { ana, ben } = homes
    await homes.meet()
    await expect.poll(() => about(ana, ben.device, 'punch.met'), { timeout: 15_000 }).toBeDefined()
    const ways = (await ana.look()).connections.filter(({ device }) => device === ben.device)
    expect(ways.find(({ best }) => best)?.remoteAddress).toContain(`/ip6/${homes.internet.ipv6Address('ben')}/`)
  })

  test('dial nobody when two observers say that a router is symmetric', async () => {
    await using homes = await TwoHomes.create({ homes: { ana: 'sym', ben: 'cone' }, roundTripMs: 80 })
    const { ana, ben } = homes
    await homes.meet()
    await expect
      .poll(() => about(ben, ana.device, 'punch.failed'), { timeout: 15_000 })
      .toMatchObject({
        error: expect.stringContaining('the far side named no address'),
      })
    expect(about(ana, ben.device, 'punch.met')).toBeUndefined()
    expect((await ben.look()).connections.filter(({ device }) => device === ana.device)).toMatchObject([{ relayed: true }])
  })
})
