import { setTimeout as wait } from 'node:timers/promises'
import { waitFor } from '../harness/home.ts'
import type { MeshNode } from '../harness/mesh-node.ts'
import { Internet } from './internet.ts'
import { placeHeld, startNode } from './trial.ts'

const port = 4242
const listen = [`/ip4/0.0.0.0/tcp/${port}`]

/** How soon a home is reachable again once the network is whole. */
export const reachableWithinMs = 10_000

/** Two homes behind symmetric routers, which have nothing but their relay at `r`, and what may happen to it. */
export class RelayLife implements AsyncDisposable {
  readonly #internet: Internet
  #relay: MeshNode
  #caller: MeshNode
  #home: MeshNode

  private constructor(internet: Internet, nodes: { relay: MeshNode; caller: MeshNode; home: MeshNode }) {
    this.#internet = internet
    this.#relay = nodes.relay
    this.#caller = nodes.caller
    this.#home = nodes.home
  }

  static async create(): Promise<RelayLife> {
    const internet = await Internet.create({ homes: { a: 'sym', b: 'sym' }, roundTripMs: 80 })
    const life = new RelayLife(internet, {
      relay: await startRelay(internet),
      caller: await startNode(internet, 'a', { seed: 2, listen }),
      home: await startNode(internet, 'b', { seed: 3, listen }),
    })
    await life.#introduce()
    await life.reachable()
    return life
  }

  /** Tells both homes of the relay and of each other, as their stores would after a start. */
  async #introduce(): Promise<void> {
    const relay = `/ip4/${this.#internet.address('r')}/tcp/${port}/p2p/${this.#relay.device}`
    for (const node of [this.#caller, this.#home]) await node.useRelays([{ device: this.#relay.device as never, addresses: [relay] }])
    await this.#caller.keep(this.#home.device, [`${relay}/p2p-circuit/p2p/${this.#home.device}`])
    await this.#home.keep(this.#caller.device, [`${relay}/p2p-circuit/p2p/${this.#caller.device}`])
  }

  /** @returns ms until a call from the one home to the other is answered; @throws when none is in three times what is promised */
  async reachable(): Promise<number> {
    const from = performance.now()
    const isAnswered = (): Promise<boolean> =>
      this.#caller.call(this.#home.device, 2000).then(
        () => true,
        () => false,
      )
    await waitFor('a call to be answered', isAnswered, 3 * reachableWithinMs)
    return performance.now() - from
  }

  /** The relay ends, in good order or not, is gone for a while, and comes back. @returns ms from then until the home is reachable */
  async relayGone({ forMs, signal }: { forMs: number; signal: NodeJS.Signals }): Promise<number> {
    await this.#relay.end(signal)
    await wait(forMs)
    this.#relay = await startRelay(this.#internet)
    return this.reachable()
  }

  /** The home is started while its relay is down; then the relay comes. @returns ms from then until the home is reachable */
  async bootWithoutRelay(): Promise<number> {
    await Promise.all([this.#home.end('SIGKILL'), this.#relay.end('SIGKILL')])
    this.#home = await startNode(this.#internet, 'b', { seed: 3, listen })
    await this.#introduce()
    await wait(2000)
    this.#relay = await startRelay(this.#internet)
    return this.reachable()
  }

  /** The home's router gets another public address. @returns ms from then until the home is reachable */
  async renumber(lastByte: number): Promise<number> {
    this.#internet.renumber('b', lastByte)
    return this.reachable()
  }

  /** The home's line is dead for a while, without a word to anybody. @returns ms from its end until the home is reachable */
  async lineDead(forMs: number): Promise<number> {
    this.#internet.cut('b')
    await wait(forMs)
    this.#internet.mend('b')
    return this.reachable()
  }

  /** The home loses its connection to the relay and makes another, so often. */
  async reconnect(times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      const { reservations } = await placeHeld(this.#home)
      const since = reservations[0]!.sinceMs
      await this.#home.closeConnections(this.#relay.device)
      await waitFor('another place', async () =>
        (await this.#home.look()).reservations.some((each) => each.state === 'held' && each.sinceMs > since),
      )
    }
  }

  /** The home is killed and started again, so often. */
  async restartHome(times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      await this.#home.end('SIGKILL')
      this.#home = await startNode(this.#internet, 'b', { seed: 3, listen })
      await this.#introduce()
      await placeHeld(this.#home)
    }
  }

  /** What is alive in the relay's memory, in bytes. */
  relayLiveBytes(): Promise<number> {
    return this.#relay.liveBytes()
  }

  /** What the relay keeps: places, circuits carried at the moment, its resident memory. */
  async relayHolds(): Promise<{ places: number; circuits: number; rssBytes: number }> {
    const { clients, rssBytes } = await this.#relay.look()
    return { places: clients.length, circuits: clients.reduce((sum, each) => sum + each.circuits, 0), rssBytes }
  }

  /** Both homes leave; what the relay still holds a moment later it would hold for ever. */
  async everybodyLeaves(): Promise<void> {
    await Promise.all([this.#caller.end(), this.#home.end('SIGKILL')])
    await waitFor('the relay to give the places up', async () => (await this.relayHolds()).places === 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#internet[Symbol.dispose]()
  }
}

const startRelay = (internet: Internet): Promise<MeshNode> => startNode(internet, 'r', { seed: 1, listen, isRelay: true })
