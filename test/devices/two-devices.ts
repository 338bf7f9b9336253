import { join } from 'node:path'
import { joinHousehold, type HouseholdNode } from '@porchlight/node'
import { expect, vi } from 'vitest'
import { Attacker } from '../hostile/attacker.ts'
import { hall, hallManifest, pair, serveHall, Street } from '../hostile/victim.ts'

/** How long anything between three nodes on loopback may take. */
const patienceMs = 15_000
export const until = <T>(look: () => T): Promise<T> => vi.waitFor(look, { timeout: patienceMs, interval: 20 })

const names = ['desktop', 'laptop', 'ana'] as const
type Name = (typeof names)[number]

/** A household of two devices and a contact, all real nodes on loopback under one clock that a test may move on. */
export class TwoDevices implements AsyncDisposable {
  readonly street: Street
  readonly #nodes = new Map<Name, HouseholdNode>()
  #aheadMs = 0
  #words = ''

  private constructor(street: Street) {
    this.street = street
  }

  /** All three, the laptop as a device of the desktop's household. */
  static async make(): Promise<TwoDevices> {
    const home = await TwoDevices.withoutLaptop()
    await home.join()
    return home
  }

  static async withoutLaptop(): Promise<TwoDevices> {
    const home = new TwoDevices(await Street.make())
    const [desktop, ana] = [await home.start('desktop'), await home.start('ana')]
    home.#words = (await desktop.takeRecoveryWords())!.words.join(' ')
    await pair(desktop, ana, { guest: 'ana', owner: 'ben' })
    return home
  }

  /** Makes the laptop a device of the household, and starts it. */
  async join(): Promise<void> {
    const { link } = await this.desktop.inviteDevice({ words: this.#words })
    await joinHousehold({ dir: join(this.street.dir, 'laptop'), link, nowMs: this.nowMs })
    const laptop = await this.start('laptop')
    await laptop.synced()
    await until(() => expect(laptop.contacts()).toMatchObject([{ petname: 'ana' }]))
  }

  readonly nowMs = (): number => Date.now() + this.#aheadMs

  /** Moves the clock of all three on. */
  pass(ms: number): void {
    this.#aheadMs += ms
  }

  async start(name: Name): Promise<HouseholdNode> {
    const node = await this.street.start(name, { nowMs: this.nowMs })
    this.#nodes.set(name, node)
    if (name === 'ana') node.knowManifest(hallManifest)
    else serveHall(node)
    return node
  }

  async stop(name: Name): Promise<void> {
    this.#nodes.delete(name)
    await this.street.stop(name)
  }

  get desktop(): HouseholdNode {
    return this.#nodes.get('desktop')!
  }

  get laptop(): HouseholdNode {
    return this.#nodes.get('laptop')!
  }

  get ana(): HouseholdNode {
    return this.#nodes.get('ana')!
  }

  /** One device offers Ana a room and she accepts; every device that runs knows it. @returns the grant */
  async agree(by: 'desktop' | 'laptop', more: Partial<Parameters<HouseholdNode['prepareOffer']>[0]> = {}): Promise<string> {
    const owner = this.#nodes.get(by)!
    const input = { to: 'ana', protocol: hall.id, location: 'photos', scopes: ['use'], expMs: this.nowMs() + 30 * 86_400_000, ...more }
    const { id } = await owner.offer({ ...input, shown: owner.prepareOffer(input).hash })
    const offer = await until(() => this.ana.asks().find((ask) => ask.id === id) ?? expect.unreachable('no offer yet'))
    await this.ana.approve(id, { shown: offer.card.hash })
    await until(() => {
      for (const name of ['desktop', 'laptop'] as const) if (this.#nodes.has(name)) expect(this.stateAt(name, id)).toBe('ACTIVE')
    })
    return id
  }

  stateAt(name: 'desktop' | 'laptop', id: string): string | undefined {
    return this.#nodes
      .get(name)
      ?.grants()
      .find((grant) => grant.id === id)?.state
  }

  /** Ana's device as a program that calls each device of the household by itself. Her node ends with it. */
  async anaCalls(): Promise<Callers> {
    const key = await this.street.takeOver('ana')
    this.#nodes.delete('ana')
    return new Callers(key, (name) => this.#nodes.get(name)!)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.street[Symbol.asyncDispose]()
  }
}

const look = { protocol: hall.id, method: 'look', location: 'photos', payload: new Uint8Array([7]) }
/** `End{code: OK, payload}`: what `look` answers. */
const served = '051a031a0101'

/** Calls each device of a household over a connection of its own. */
export class Callers implements AsyncDisposable {
  readonly #key: Parameters<typeof Attacker.dial>[1]
  readonly #node: (name: 'desktop' | 'laptop') => HouseholdNode
  readonly #open = new Map<string, Attacker>()

  constructor(key: Parameters<typeof Attacker.dial>[1], node: (name: 'desktop' | 'laptop') => HouseholdNode) {
    this.#key = key
    this.#node = node
  }

  /** @returns the answer in hexadecimal */
  async look(name: 'desktop' | 'laptop'): Promise<string> {
    const address = this.#node(name).status().addresses[0]!
    const known = this.#open.get(address)
    const caller = known?.isConnected ? known : await Attacker.dial(address, this.#key)
    this.#open.set(address, caller)
    return caller.call(look)
  }

  /** Whether a device serves a call. */
  async isServed(name: 'desktop' | 'laptop'): Promise<boolean> {
    return (await this.look(name)) === served
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const caller of this.#open.values()) await caller[Symbol.asyncDispose]()
  }
}
