import { limits, type DeviceId } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import { dayKeys, dayOf, openRecord, type Found } from '@porchlight/protocol-rendezvous'
import { retryMs } from './address-publisher.ts'

export interface AddressSeekerOptions {
  readonly mesh: Pick<Mesh, 'on' | 'keep' | 'isConnected' | 'rendezvous'>
  /** Devices of contacts and our own others, which this one wants to be connected to. */
  readonly sought: () => readonly DeviceId[]
  readonly secretOf: (device: DeviceId) => Uint8Array
  readonly nowMs: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

interface Search {
  timer: NodeJS.Timeout | undefined
  failures: number
}

/**
 * Looks devices up in the DHT that are not reached at the addresses that are known, and hands what it finds to the mesh to dial. With growing,
 * random waits and for ever: a contact may be away for months.
 *
 * @see protocols/rendezvous/SPEC.md#flow
 */
export class AddressSeeker {
  readonly #options: AddressSeekerOptions
  readonly #searches = new Map<DeviceId, Search>()
  readonly #closing = new AbortController()
  readonly #ends: (() => void)[] = []

  constructor(options: AddressSeekerOptions) {
    this.#options = options
  }

  start(): void {
    const { mesh } = this.#options
    this.#ends.push(
      mesh.on('connected', (device) => this.#end(device)),
      mesh.on('disconnected', () => this.soughtChanged()),
      mesh.rendezvous.onNode(() => this.#onNode()),
    )
    this.soughtChanged()
  }

  /** Begins to look for devices that are not connected, and gives up those that are nobody's any more. */
  soughtChanged(): void {
    const sought = new Set(this.#options.sought().slice(0, limits.rendezvousDevices))
    for (const device of this.#searches.keys()) if (!sought.has(device)) this.#end(device)
    for (const device of sought) {
      if (this.#searches.has(device) || this.#options.mesh.isConnected(device)) continue
      const search: Search = { timer: undefined, failures: 0 }
      this.#searches.set(device, search)
      this.#schedule(device, search, limits.rendezvousLookAfterMs)
    }
  }

  close(): void {
    this.#closing.abort()
    for (const end of this.#ends) end()
    for (const device of this.#searches.keys()) this.#end(device)
  }

  #end(device: DeviceId): void {
    clearTimeout(this.#searches.get(device)?.timer)
    this.#searches.delete(device)
  }

  /** A node was met: who waits for one looks soon. */
  #onNode(): void {
    for (const [device, search] of this.#searches)
      if (search.timer === undefined) this.#schedule(device, search, limits.rendezvousLookAfterMs)
  }

  #schedule(device: DeviceId, search: Search, fromMs: number): void {
    if (this.#closing.signal.aborted) return
    clearTimeout(search.timer)
    search.timer = setTimeout(() => void this.#look(device, search), fromMs * (1 + this.#options.random()))
    search.timer.unref()
  }

  /** Never rejects. */
  async #look(device: DeviceId, search: Search): Promise<void> {
    const { mesh, log } = this.#options
    try {
      // With no node at all there is nothing to wait for but one.
      const mayAsk = mesh.rendezvous.status().peers > 0 || mesh.rendezvous.status().mode === 'server'
      const found = mayAsk ? await this.#find(device) : undefined
      if (this.#searches.get(device) !== search || mesh.isConnected(device)) return
      // Names are looked up for our own household only: a contact could make us ask any name server for anything.
      const addresses = found?.addresses.filter((address) => address.startsWith('/ip')) ?? []
      if (addresses.length > 0) {
        log('rendezvous.found', { device, addresses: addresses.length })
        mesh.keep(
          device,
          addresses.map((address) => `${address}/p2p/${device}`),
        )
      }
      search.failures++
      if (mayAsk) this.#schedule(device, search, retryMs(search.failures))
      else search.timer = undefined
    } catch (error) {
      if (this.#closing.signal.aborted || this.#searches.get(device) !== search) return
      log('rendezvous.not-found', { device, error: String(error) })
      search.failures++
      this.#schedule(device, search, retryMs(search.failures))
    }
  }

  /** Under today; otherwise under tomorrow and yesterday, for clocks differ, and records of a new day take their time. */
  async #find(device: DeviceId): Promise<Found | undefined> {
    const today = dayOf(this.#options.nowMs())
    const found = await this.#findOn(today, device)
    if (found) return found
    const [next, last] = await Promise.all([this.#findOn(today + 1, device), this.#findOn(today - 1, device)])
    return next ?? last
  }

  async #findOn(day: number, device: DeviceId): Promise<Found | undefined> {
    const { mesh, secretOf, log } = this.#options
    const keys = dayKeys(secretOf(device), day, device)
    const record = await mesh.rendezvous.find(keys.key, { signal: this.#closing.signal })
    if (record === undefined) return undefined
    try {
      return openRecord(keys, record)
    } catch (error) {
      // The device itself, or one that stole its key, left something else there.
      log('rendezvous.unreadable', { device, error: String(error) })
      return undefined
    }
  }
}
