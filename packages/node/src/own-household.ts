import { PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import {
  chainBytes,
  changeDevices,
  createSuspension,
  devicesInForce,
  extendChain,
  isFrozen,
  isSuspended,
  maySign,
  rotate,
  seedFromWords,
  type Capability,
  type Chain,
  type ChainBytes,
  type DeviceChanges,
  type DeviceEntry,
  type OwnHousehold,
} from '@porchlight/identity'
import { deviceIdOf, type SigningKey } from '@porchlight/wire'
import type { Table } from './household-node.ts'

/** Who made a change of our own documents: a person here, or somebody whose signature is valid and whom nobody here may know. */
export type ChangedBy = 'us' | 'others'

export interface OwnOptions {
  readonly own: OwnHousehold
  readonly table: Table<ChainBytes>
  readonly nowSec: () => number
  readonly random: (bytes: number) => Uint8Array
  /** The devices or their rights changed. What has to be on disk before the change itself is when this resolves. */
  readonly onChange: (before: Chain, by: ChangedBy) => Promise<void>
}

const key = 'chain'

/** What was kept of our own documents beside the first one. */
export const readOwnChain = async (table: Table<ChainBytes>): Promise<ChainBytes> =>
  (await table.get(key)) ?? { documents: [], suspensions: [] }

/** Keeps them, before the node that reads them exists. */
export const keepOwnChain = (table: Table<ChainBytes>, bytes: ChainBytes): Promise<void> => table.put(key, bytes)

/** Our own household: its documents as they are known here, and the ways to change them. One change at a time. */
export class Own {
  readonly device: DeviceId
  readonly key: SigningKey
  readonly #options: OwnOptions
  #chain: Chain
  #tail: Promise<unknown> = Promise.resolve()
  /** The chain in memory counts already and is not known to be on the disk. */
  #isUnwritten = false

  constructor(options: OwnOptions) {
    this.#options = options
    this.#chain = options.own.chain
    this.key = options.own.deviceKey
    this.device = deviceIdOf(this.key)
  }

  get chain(): Chain {
    return this.#chain
  }

  get household(): HouseholdId {
    return this.#chain.household
  }

  inForce(): readonly DeviceEntry[] {
    return devicesInForce(this.#chain, this.#options.nowSec())
  }

  /** How many of our devices serve, and which of them this is in the order of the document; −1 when it does not. */
  serving(): { count: number; index: number } {
    const serving = this.inForce().filter(({ caps }) => caps.includes('serve'))
    return { count: serving.length, index: serving.findIndex((entry) => entry.key === this.device) }
  }

  /** Whether a device is one of ours that speaks for us now. */
  isOurs(device: DeviceId): boolean {
    return this.inForce().some((entry) => entry.key === device)
  }

  /** Whether a document of ours names a device, in force or not: one that is out is to learn that it is. */
  names(device: DeviceId): boolean {
    return this.#chain.documents.some(({ body }) => body.devices.some((entry) => entry.key === device))
  }

  maySign(device: DeviceId, type: string): boolean {
    return maySign(this.#chain, device, type, this.#options.nowSec())
  }

  /** Whether this device answers calls under grants: it is in force and may serve. */
  serves(): boolean {
    return this.can('serve')
  }

  can(capability: Capability): boolean {
    return this.inForce().some((entry) => entry.key === this.device && entry.caps.includes(capability))
  }

  /** Takes in what somebody says of us; what is valid counts. On disk when it resolves. */
  learn(bytes: ChainBytes): Promise<void> {
    return this.#change('others', async () => (await extendChain(this.#chain, bytes)).chain)
  }

  /**
   * Takes a device out of force, at once and for all who hear of it.
   *
   * @throws `BAD_REQUEST` with reason `device-unknown`, or `device-not-in-force` when this device speaks for the household no more
   */
  suspend(device: DeviceId): Promise<void> {
    return this.#change('us', async () => {
      if (isSuspended(this.#chain, device)) return this.#chain
      if (!this.isOurs(this.device))
        throw new PorchlightError('BAD_REQUEST', 'this device speaks for the household no more; use another one', {
          reason: 'device-not-in-force',
        })
      const { household, head } = this.#chain
      const suspension = await createSuspension({
        household,
        device,
        doc: head,
        key: this.key,
        atSec: this.#options.nowSec(),
        random: this.#options.random,
      })
      const { chain, refused } = await extendChain(this.#chain, { documents: [], suspensions: [suspension.bytes] })
      if (refused[0]) throw new PorchlightError('BAD_REQUEST', `${device} is no device of this household`, { reason: 'device-unknown' })
      return chain
    })
  }

  /** Makes the next document with the recovery words. @throws as `changeDevices` and `seedFromWords` of identity */
  changeDevices(words: string, changes: DeviceChanges): Promise<void> {
    return this.#change('us', async () => changeDevices(this.#chain, changes, await this.#root(words)), 'write')
  }

  /**
   * Replaces the root with the recovery words.
   *
   * @param without  devices that are left out; by default all that are in force go on, and this one in any case
   * @throws as `rotate` and `seedFromWords` of identity
   */
  rotate(words: string, without: readonly DeviceId[] = []): Promise<void> {
    return this.#change(
      'us',
      async () => {
        const root = await this.#root(words)
        const devices = this.inForce().filter((entry) => !without.includes(entry.key))
        // Whoever types the words here means this device, also when a thief suspended it.
        const self = this.#chain.documents.flatMap(({ body }) => body.devices).findLast((entry) => entry.key === this.device)
        const kept =
          devices.some((entry) => entry.key === this.device) || without.includes(this.device) || !self ? devices : [self, ...devices]
        return rotate(this.#chain, kept, root)
      },
      'write',
    )
  }

  /** Whether documents of ours are in dispute: somebody else has a root of this household. */
  isFrozen(): boolean {
    return isFrozen(this.#chain)
  }

  async #root(words: string): Promise<{ seed: Uint8Array; atSec: number }> {
    const { household, genesis } = this.#chain
    return { seed: await seedFromWords(words, { household, genesis: genesis.bytes }), atSec: this.#options.nowSec() }
  }

  /** What is signed and on its way anyway counts from this tick; what gives a right here is on disk before it counts. */
  #change(by: ChangedBy, next: () => Promise<Chain>, first: 'flip' | 'write' = 'flip'): Promise<void> {
    const turn = this.#tail.then(async () => {
      const before = this.#chain
      const chain = await next()
      // What counts here already and could not be written is written when it is said again.
      if (chain === before && !this.#isUnwritten) return
      if (first === 'write') await this.#options.table.put(key, chainBytes(chain))
      else this.#isUnwritten = true
      this.#chain = chain
      if (chain !== before) await this.#options.onChange(before, by)
      if (first === 'flip') await this.#options.table.put(key, chainBytes(chain))
      this.#isUnwritten = false
    })
    this.#tail = turn.catch(() => {})
    return turn
  }
}
