import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { AddressBook } from './addresses.ts'
import { redialAfterMs } from './backoff.ts'
import type { MeshLog } from '../mesh.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface SupervisorOptions {
  /** Dials the addresses in turn until one works. */
  readonly dial: (addresses: Multiaddr[], signal: AbortSignal) => Promise<unknown>
  readonly isConnected: (device: DeviceId) => boolean
  /** Longest wait between dials; asked each time. Default `limits.redialCapMs`. */
  readonly capMs?: () => number
  readonly now: () => number
  readonly random: () => number
  readonly log: MeshLog
}

/**
 * Stays connected to one device for ever: dials again with growing waits, sooner when there is news. libp2p itself gives up after 31 s
 * and has no dialler for peers it knows.
 */
export class Supervisor {
  readonly book: AddressBook
  readonly #device: DeviceId
  readonly #options: SupervisorOptions
  readonly #over = new AbortController()
  #failures = 0
  #dialledMs = -Infinity
  #timer: NodeJS.Timeout | undefined
  #dialling: Promise<void> | undefined
  /** News arrived while a dial was under way: what it tries may be old. */
  #again = false

  constructor(device: DeviceId, options: SupervisorOptions) {
    this.#device = device
    this.#options = options
    this.book = new AddressBook(device)
  }

  /** Dials now and forgets past failures, because something changed; not twice within `limits.redialFirstMs`, as the news may be forged. */
  wake(): void {
    this.#failures = 0
    if (this.#dialling) this.#again = true
    else this.#schedule(this.#soonestMs())
  }

  /** Dials soon, because the last connection is gone. */
  lost(): void {
    this.#failures = 0
    if (this.#dialling === undefined) this.#schedule(redialAfterMs(0, this.#options.random()))
  }

  /** @returns once a dial that is under way or begun now has worked; @throws `UNREACHABLE` when it has not */
  async connect(): Promise<void> {
    if (this.#options.isConnected(this.#device)) return
    await this.#dial()
    if (!this.#options.isConnected(this.#device)) throw new PorchlightError('UNREACHABLE', `no address of ${this.#device} answers`)
  }

  stop(): void {
    this.#over.abort(new PorchlightError('CLOSED', 'no longer kept'))
    clearTimeout(this.#timer)
  }

  #soonestMs(): number {
    return Math.max(0, this.#dialledMs + limits.redialFirstMs - this.#options.now())
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer)
    if (this.#over.signal.aborted) return
    this.#timer = setTimeout(() => void this.#dial(), afterMs)
  }

  /** One dial at a time; never rejects. */
  #dial(): Promise<void> {
    clearTimeout(this.#timer)
    this.#dialling ??= this.#dialOnce().finally(() => {
      this.#dialling = undefined
      const again = this.#again
      this.#again = false
      if (this.#options.isConnected(this.#device) || this.book.multiaddrs().length === 0) return
      this.#schedule(again ? this.#soonestMs() : redialAfterMs(this.#failures, this.#options.random(), this.#options.capMs?.()))
    })
    return this.#dialling
  }

  async #dialOnce(): Promise<void> {
    if (this.#over.signal.aborted || this.book.multiaddrs().length === 0 || this.#options.isConnected(this.#device)) return
    this.#dialledMs = this.#options.now()
    try {
      await this.#options.dial(this.book.multiaddrs(), AbortSignal.any([this.#over.signal, AbortSignal.timeout(limits.dialMs)]))
      this.#failures = 0
    } catch (error) {
      this.#failures++
      this.#options.log('mesh.dial-failed', { device: this.#device, failures: this.#failures, error: String(error) })
    }
  }
}
