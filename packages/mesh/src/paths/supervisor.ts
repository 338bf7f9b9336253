import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { AddressBook } from './address-book.ts'
import { redial, redialAfterMs, upgrade } from './backoff.ts'
import type { Surroundings } from '../surroundings.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

/** How a device is connected; `undefined` when it is not. */
export type Path = 'direct' | 'relayed' | undefined

export interface SupervisorOptions extends Surroundings {
  /** Races the addresses, in their order; resolves with the first that works. */
  readonly dial: (addresses: Multiaddr[], signal: AbortSignal) => Promise<unknown>
  readonly path: (device: DeviceId) => Path
  /** Longest wait before a device that is not connected is dialled again; asked each time. Default `limits.redialCapMs`. */
  readonly capMs?: (device: DeviceId) => number
}

/**
 * Stays connected to one device for ever: dials again with growing waits, sooner when there is news, and goes on looking for a direct path
 * while there is only a relayed one. libp2p itself gives up after 31 s and has no dialler for peers it knows.
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
  #race = new AbortController()
  #reached = Promise.withResolvers<void>()
  /** News arrived while a dial was under way: what it tries may be old. */
  #again = false
  /** The dial under way tries direct addresses only, for there was a relayed connection when it began. */
  #isUpgrading = false

  constructor(device: DeviceId, options: SupervisorOptions) {
    this.#device = device
    this.#options = options
    this.book = new AddressBook(device)
  }

  /** Dials now and forgets past failures, because something changed; not twice within `limits.redialFirstMs`, as the news may be forged. */
  wake(): void {
    if (this.#path === 'direct') return
    this.#failures = 0
    if (this.#dialling) this.#again = true
    else this.#schedule(this.#soonestMs())
  }

  /** A connection to the device opened or closed, whoever dialled it. */
  pathChanged(): void {
    const path = this.#path
    if (path !== undefined) {
      this.#reached.resolve()
      this.#reached = Promise.withResolvers()
    }
    if (path === 'direct') {
      clearTimeout(this.#timer)
      this.#timer = undefined
      const race = this.#race
      // Not in this tick: it may be a dial of the race itself that has worked, and whose promise is about to say so.
      setImmediate(() => race.abort(new PorchlightError('CLOSED', 'connected meanwhile')))
    } else if (path === undefined || this.#timer === undefined) {
      this.#failures = path === undefined ? 0 : 1
      if (this.#dialling === undefined) this.#scheduleNext()
      else if (path === undefined && this.#isUpgrading) {
        // It tries no relay, and may go on for long.
        this.#again = true
        this.#race.abort(new PorchlightError('CLOSED', 'the relayed connection was lost'))
      }
    }
  }

  /** @returns once the device is connected, by a dial that is under way or begun now or by its own; @throws `UNREACHABLE` when it is not */
  async connect(): Promise<void> {
    if (this.#path !== undefined) return
    if (this.#isUpgrading) await Promise.race([this.#reached.promise, this.#dialling])
    if (this.#path !== undefined) return
    await Promise.race([this.#reached.promise, this.#dial()])
    if (this.#path === undefined) throw new PorchlightError('UNREACHABLE', `no address of ${this.#device} answers`)
  }

  stop(): void {
    this.#over.abort(new PorchlightError('CLOSED', 'no longer kept'))
    clearTimeout(this.#timer)
  }

  get #path(): Path {
    return this.#options.path(this.#device)
  }

  /** What is worth dialling now. */
  #targets(): Multiaddr[] {
    const path = this.#path
    return path === 'direct' ? [] : this.book.multiaddrs({ direct: path === 'relayed' })
  }

  #soonestMs(): number {
    return Math.max(0, this.#dialledMs + limits.redialFirstMs - this.#options.now())
  }

  #scheduleNext(): void {
    if (this.#targets().length === 0) return
    const range = this.#path === 'relayed' ? upgrade : { ...redial, capMs: this.#options.capMs?.(this.#device) ?? redial.capMs }
    this.#schedule(redialAfterMs(this.#failures, this.#options.random(), range))
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer)
    if (this.#over.signal.aborted) return
    this.#timer = setTimeout(() => void this.#dial(), afterMs)
  }

  /** One dial at a time; never rejects. */
  #dial(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#dialling ??= this.#dialOnce().finally(() => {
      this.#dialling = undefined
      this.#isUpgrading = false
      const again = this.#again
      this.#again = false
      if (!again) this.#scheduleNext()
      else if (this.#targets().length > 0) this.#schedule(this.#soonestMs())
    })
    return this.#dialling
  }

  async #dialOnce(): Promise<void> {
    const targets = this.#targets()
    if (this.#over.signal.aborted || targets.length === 0) return
    this.#dialledMs = this.#options.now()
    this.#isUpgrading = this.#path === 'relayed'
    this.#race = new AbortController()
    try {
      await this.#options.dial(targets, AbortSignal.any([this.#over.signal, this.#race.signal, AbortSignal.timeout(limits.dialMs)]))
      // A relayed path, if that is what was found, is left for a direct one later.
      this.#failures = 1
    } catch (error) {
      if (this.#path === 'direct') return
      this.#failures++
      this.#options.log('mesh.dial-failed', { device: this.#device, failures: this.#failures, error: String(error) })
    }
  }
}
