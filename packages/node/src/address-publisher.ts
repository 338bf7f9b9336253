import { limits, type DeviceId } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import { dayKeys, dayOf, makeRecord, openRecord, startOfDay } from '@porchlight/protocol-rendezvous'

export interface AddressPublisherOptions {
  readonly mesh: Pick<Mesh, 'device' | 'addresses' | 'rendezvous'>
  /** Devices of contacts and our own others, for which this one leaves its addresses; none when it speaks for nobody. */
  readonly readers: () => readonly DeviceId[]
  /** What this device and another one alone know. */
  readonly secretOf: (device: DeviceId) => Uint8Array
  readonly nowMs: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly randomBytes: (bytes: number) => Uint8Array
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

interface Kept {
  timer: NodeJS.Timeout | undefined
  dueMs: number
  failures: number
  holders: number
}

/**
 * Leaves this device's addresses in the DHT, for each device that is to find it by a record of its own: at the start, when they change, when a
 * day turns, and again every few hours. Each at its own random moment, so that the records of one device do not show together.
 *
 * @see protocols/rendezvous/SPEC.md#flow
 */
export class AddressPublisher {
  readonly #options: AddressPublisherOptions
  readonly #kept = new Map<DeviceId, Kept>()
  readonly #closing = new AbortController()
  readonly #ends: (() => void)[] = []
  #seq = 0
  #addresses = ''

  constructor(options: AddressPublisherOptions) {
    this.#options = options
  }

  start(): void {
    const { mesh } = this.#options
    this.#addresses = mesh.addresses().join()
    this.#ends.push(mesh.rendezvous.onNode(() => this.#onNode()))
    const poll = setInterval(() => this.#look(), limits.rendezvousAddressPollMs)
    poll.unref()
    this.#ends.push(() => clearInterval(poll))
    this.readersChanged()
  }

  /** Begins for readers that are new, and ends for those that are none any more. */
  readersChanged(): void {
    const readers = new Set(this.#options.readers().slice(0, limits.rendezvousDevices))
    for (const [device, kept] of this.#kept)
      if (!readers.has(device)) {
        clearTimeout(kept.timer)
        this.#kept.delete(device)
      }
    for (const device of readers) if (!this.#kept.has(device)) this.#schedule(device, limits.rendezvousSpreadMs)
  }

  close(): void {
    this.#closing.abort()
    for (const end of this.#ends) end()
    for (const { timer } of this.#kept.values()) clearTimeout(timer)
    this.#kept.clear()
  }

  #look(): void {
    const addresses = this.#options.mesh.addresses().join()
    if (addresses === this.#addresses) return
    this.#addresses = addresses
    for (const device of this.#kept.keys()) this.#schedule(device, limits.rendezvousSpreadMs)
  }

  #onNode(): void {
    for (const [device, { holders }] of this.#kept) {
      if (holders === 0) this.#schedule(device, limits.rendezvousSpreadMs)
      else if (holders < limits.rendezvousFewHolders) this.#schedule(device, limits.rendezvousMetMs)
    }
  }

  /** Publishes within that time, or earlier when that was planned. */
  #schedule(device: DeviceId, withinMs: number, fromMs = 0): void {
    if (this.#closing.signal.aborted) return
    const { nowMs, random } = this.#options
    const afterMs = fromMs + Math.floor(withinMs * random())
    const dueMs = nowMs() + afterMs
    const kept = this.#kept.get(device) ?? { timer: undefined, dueMs: Infinity, failures: 0, holders: 0 }
    this.#kept.set(device, kept)
    if (kept.timer !== undefined && kept.dueMs <= dueMs) return
    clearTimeout(kept.timer)
    kept.dueMs = dueMs
    kept.timer = setTimeout(() => {
      kept.timer = undefined
      void this.#publish(device, kept)
    }, afterMs)
    kept.timer.unref()
  }

  /** Never rejects. */
  async #publish(device: DeviceId, kept: Kept): Promise<void> {
    const { nowMs, log, mesh } = this.#options
    try {
      kept.holders = await this.#put(device)
      if (this.#kept.get(device) !== kept) return
      kept.failures = kept.holders > 0 ? 0 : kept.failures + 1
      if (kept.holders === 0) {
        // With no node at all there is nothing to wait for but one.
        if (mesh.rendezvous.status().peers > 0) this.#schedule(device, retryMs(kept.failures) / 2, retryMs(kept.failures) / 2)
        return
      }
      const republishMs = limits.rendezvousRepublishMs / 2
      const toNextDayMs = startOfDay(dayOf(nowMs()) + 1) - nowMs()
      if (toNextDayMs < 2 * republishMs) this.#schedule(device, limits.rendezvousDaySpreadMs, toNextDayMs)
      this.#schedule(device, republishMs, republishMs)
    } catch (error) {
      if (this.#closing.signal.aborted || this.#kept.get(device) !== kept) return
      log('rendezvous.not-published', { device, error: String(error) })
      kept.failures++
      this.#schedule(device, retryMs(kept.failures) / 2, retryMs(kept.failures) / 2)
    }
  }

  /** @returns how many nodes hold the record now */
  async #put(device: DeviceId): Promise<number> {
    const { mesh, nowMs, randomBytes, secretOf } = this.#options
    const keys = dayKeys(secretOf(device), dayOf(nowMs()), mesh.device)
    const own = `/p2p/${mesh.device}`
    const addresses = mesh.addresses().map((address) => (address.endsWith(own) ? address.slice(0, -own.length) : address))
    const put = (seq: number) =>
      mesh.rendezvous.publish(keys.key, makeRecord(keys, { seq, addresses, nonce: randomBytes(12) }), { signal: this.#closing.signal })
    this.#seq = Math.max(nowMs(), this.#seq + 1)
    const { stored, refused } = await put(this.#seq)
    if (stored > 0 || refused === 0) return stored
    // A clock that was ahead has left a higher number: only ours is under that key, so it is ours to go beyond.
    const held = await mesh.rendezvous.find(keys.key, { signal: this.#closing.signal })
    if (held === undefined) return 0
    return (await put(openRecord(keys, held).seq + 1)).stored
  }
}

/** Doubling from `limits.rendezvousRetryMs`. */
export const retryMs = (failures: number): number =>
  Math.min(limits.rendezvousRetryCapMs, limits.rendezvousRetryMs * 2 ** Math.min(Math.max(0, failures - 1), 20))
