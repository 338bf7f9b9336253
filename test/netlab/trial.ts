import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MeshNode, type Meeting, type MeshNodeSettings, type MeshNodeState } from '../harness/mesh-node.ts'
import { sourceFlags } from '../harness/source-flags.ts'
import { waitFor } from '../harness/home.ts'
import { Capture } from './capture.ts'
import { Internet } from './internet.ts'
import { goals, type Pair } from './pairs.ts'

const port = 4242
const rawRelay = fileURLToPath(new URL('raw-relay.ts', import.meta.url))

export interface Conditions {
  readonly lossPercent: number
  /** How long one run waits for a direct way where there should be one, in ms. */
  readonly directWithinMs: number
  /** The same where there should be none: long enough that the attempts are over. */
  readonly relayedForMs: number
}

/** One cold start of `a` dialling `b`. */
export interface Run {
  readonly meeting: Meeting
  /** What the machines sent to that they could not list: must be empty. */
  readonly unlisted: readonly string[]
  /** What went over their wires in clear that must not: must be empty. */
  readonly inClear: readonly string[]
}

/** An internet with the two homes of a pair and a relay at `r`, on which cold starts are run one after the other. */
export class PairLab implements AsyncDisposable {
  readonly pair: Pair
  readonly #internet: Internet
  readonly #relay: MeshNode
  readonly #conditions: Conditions
  #runs = 0

  private constructor(pair: Pair, conditions: Conditions, internet: Internet, relay: MeshNode) {
    this.pair = pair
    this.#conditions = conditions
    this.#internet = internet
    this.#relay = relay
  }

  static async create(pair: Pair, conditions: Conditions): Promise<PairLab> {
    const internet = await Internet.create({
      homes: { a: pair.a, b: pair.b },
      roundTripMs: goals.roundTripMs,
      lossPercent: conditions.lossPercent,
      ipv6: pair.ipv6 ?? 'no',
    })
    const relay = await startNode(internet, 'r', { seed: 1, listen: listenOn(pair), isRelay: true })
    return new PairLab(pair, conditions, internet, relay)
  }

  /** The raw way through the relay: plain sockets, as many exchanges as the first answer of a call takes. @returns ms */
  async raw(): Promise<number> {
    const address = this.#addressOf('r')
    const start = async (machine: string, ...words: string[]): Promise<string> => {
      const child = this.#internet.spawn(machine, [process.execPath, ...sourceFlags, rawRelay, ...words], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [said] = (await once(child.stdout!, 'data')) as [Buffer]
      child.stdout!.resume()
      return said.toString()
    }
    await start('r', 'relay', '7001')
    await start('b', 'answer', address, '7001')
    return Number(await start('a', 'call', address, '7001', String(goals.rawExchanges)))
  }

  async run(): Promise<Run> {
    const seed = 10 + 2 * (this.#runs++ % 100)
    const listen = listenOn(this.pair)
    using captureA = await Capture.start(this.#internet, 'a')
    using captureB = await Capture.start(this.#internet, 'b')
    const [nodeA, nodeB] = await Promise.all([
      startNode(this.#internet, 'a', { seed, listen, protocol: secrets.protocol }),
      startNode(this.#internet, 'b', { seed: seed + 1, listen, protocol: secrets.protocol }),
    ])
    await using _a = nodeA
    await using _b = nodeB
    const relays = [{ device: this.#relay.device as never, addresses: [this.#relayAddress()] }]
    await Promise.all([nodeA.useRelays(relays), nodeB.useRelays(relays)])
    await Promise.all([placeHeld(nodeA), placeHeld(nodeB)])
    for (const node of [nodeA, nodeB]) await node.confirmedBy(this.#relay)
    await nodeB.keep(nodeA.device, [])
    const { goal } = this.pair
    const mostMs = goal === 'direct' ? this.#conditions.directWithinMs : this.#conditions.relayedForMs
    const meeting = await nodeA.meet(nodeB.device, (await nodeB.look()).addresses, mostMs)
    return {
      meeting,
      unlisted: [...(await this.#unlisted('a', nodeA, captureA, ['b'])), ...(await this.#unlisted('b', nodeB, captureB, ['a']))],
      inClear: [...new Set([...captureA.inClear(secrets), ...captureB.inClear(secrets)])],
    }
  }

  /** Addresses contacted that are neither the relay's nor a contact's own. */
  async #unlisted(home: string, node: MeshNode, capture: Capture, contacts: readonly string[]): Promise<string[]> {
    const listed = new Set(['r', ...contacts].flatMap((machine) => this.#addressesOf(machine)))
    const strange = capture.contacted().filter((address) => !listed.has(address) && !isNeighbourTalk(address))
    return strange.length === 0 ? [] : strange.map((address) => `${home} (${node.device}) → ${address}`)
  }

  #addressesOf(machine: string): string[] {
    const outside = machine === 'r' ? [] : [this.#internet.publicAddress(machine)]
    return [this.#internet.address(machine), this.#internet.ipv6Address(machine), ...outside]
  }

  #addressOf(machine: string): string {
    return this.pair.ipv6 === 'only' ? this.#internet.ipv6Address(machine) : this.#internet.address(machine)
  }

  #relayAddress(): string {
    return `/${this.pair.ipv6 === 'only' ? 'ip6' : 'ip4'}/${this.#addressOf('r')}/tcp/${port}/p2p/${this.#relay.device}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#relay.end('SIGKILL')
    this.#internet[Symbol.dispose]()
  }
}

/** Nothing of this may be readable on any wire. */
const secrets = { protocol: '/secret-of-the-lab/1' }

const listenOn = (pair: Pair): string[] => [pair.ipv6 === 'only' ? `/ip6/::/tcp/${port}` : `/ip4/0.0.0.0/tcp/${port}`]

/** Multicast and what IPv6 asks its own link, which a router does not pass on. */
const isNeighbourTalk = (address: string): boolean => /^(22[4-9]|23\d)\.|^ff|^fe80/.test(address) || /^2a01:[0-9a-f]+:1::1$/.test(address)

export function startNode(internet: Internet, machine: string, settings: MeshNodeSettings): Promise<MeshNode> {
  return MeshNode.start((command) => internet.spawn(machine, command, { stdio: ['pipe', 'pipe', 'inherit'] }), settings)
}

/** Waits until others can reach a node through a relay. */
export async function placeHeld(node: MeshNode, mostMs = 20_000): Promise<MeshNodeState> {
  return waitFor(
    'a place on the relay',
    async () => {
      const state = await node.look()
      return state.reservations.some(({ state: is }) => is === 'held') && state
    },
    mostMs,
  )
}
