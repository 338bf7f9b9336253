import type { Connection } from '@libp2p/interface'
import { isPorchlightError, limits, type DeviceId } from '@porchlight/core'
import type { GateConnection } from '../calls/gate-connection.ts'
import type { Surroundings } from '../surroundings.ts'
import { redial, redialAfterMs } from '../paths/backoff.ts'
import type { Reservation, ReservationState } from './relaying.ts'

export interface RelayPlaceOptions extends Surroundings {
  /** The open direct connection to a device. */
  readonly directTo: (device: DeviceId) => GateConnection | undefined
  /** Asks over it for a place, or for more time. @returns and @throws as `reserveOn` */
  readonly reserve: (carrier: GateConnection, signal: AbortSignal) => Promise<string[]>
  /** State or addresses are others than before. */
  readonly changed: () => void
}

/**
 * A place on one relay, kept for ever: asked for as soon as there is a direct connection, renewed every so often, asked for again when it
 * fails or its connection is lost. libp2p itself never comes back to a relay that restarted.
 */
export class RelayPlace {
  readonly relay: DeviceId
  readonly #options: RelayPlaceOptions
  readonly #over = new AbortController()
  #state: ReservationState = 'spare'
  #sinceMs: number
  #addresses: readonly string[] = []
  #connection: string | undefined
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #isAsking = false
  #wanted = false
  /** Since when it is known, or since the network is another one. */
  #freshMs: number
  /** When the place was lost that was held last. */
  #heldUntilMs: number | undefined
  carriedBytes = 0

  constructor(relay: DeviceId, options: RelayPlaceOptions) {
    this.relay = relay
    this.#options = options
    this.#sinceMs = options.now()
    this.#freshMs = this.#sinceMs
  }

  get isHeld(): boolean {
    return this.#addresses.length > 0 || this.#connection !== undefined
  }

  get failures(): number {
    return this.#state === 'unreachable' || this.#state === 'refused' ? this.#failures + 1 : this.#failures
  }

  view(): Reservation {
    const { relay, carriedBytes } = this
    return { relay, state: this.#state, sinceMs: this.#sinceMs, addresses: this.#addresses, carriedBytes }
  }

  /**
   * How long to wait at most before the relay is dialled, or asked, again. One that we were reached through is to reach us again as soon as it
   * is back; one that does not answer gets rarer, for there may be many and none of them may come back.
   */
  get retryCapMs(): number {
    const silentMs = this.#options.now() - Math.max(this.#freshMs, this.#heldUntilMs ?? -Infinity)
    if (this.isHeld || (this.#heldUntilMs !== undefined && silentMs < limits.relayMissedMs)) return limits.relayRetryCapMs
    return Math.min(limits.relayDeadCapMs, Math.max(limits.relayRetryCapMs, silentMs / limits.relaySilenceParts))
  }

  /** What was silent until now may answer in this network. */
  networkChanged(): void {
    this.#freshMs = this.#options.now()
  }

  /** Whether this is one of the places that we want now. */
  want(wanted: boolean): void {
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    if (!wanted) this.#drop('spare')
    else if (!this.isHeld) this.#schedule(0)
  }

  /** Asks now, because something changed: a connection, a grant, or the device has become a relay. */
  wake(): void {
    this.#failures = 0
    if (this.#wanted && !this.isHeld) this.#schedule(0)
  }

  /** A connection is gone; the place was bound to it. */
  onClosed(connection: Connection): void {
    if (connection.id === this.#connection) this.#drop('unreachable')
    if (this.#wanted && this.#options.directTo(this.relay)) this.#schedule(0)
  }

  /** The device says that it is no relay any more. */
  onRelayOff(): void {
    if (this.isHeld) this.#drop('refused')
  }

  stop(): void {
    this.#wanted = false
    clearTimeout(this.#timer)
    this.#over.abort(new Error('this side is stopping'))
    this.#drop('spare')
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer)
    if (!this.#wanted || this.#over.signal.aborted) return
    this.#timer = setTimeout(() => {
      if (this.#isAsking) return
      this.#isAsking = true
      void this.#ask().finally(() => {
        this.#isAsking = false
      })
    }, afterMs)
    this.#timer.unref()
  }

  /** Never rejects. */
  async #ask(): Promise<void> {
    const { directTo, reserve, log } = this.#options
    const carrier = directTo(this.relay)
    // The dial supervisor keeps trying; an open connection wakes us.
    if (!carrier) return this.#drop('unreachable')
    if (!this.isHeld) this.#become('asking')
    try {
      const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(limits.relayHopMs)])
      const addresses = await reserve(carrier, signal)
      if (!this.#wanted || this.#over.signal.aborted) return
      if (!carrier.isOpen) return this.#retry('unreachable')
      this.#failures = 0
      this.#connection = carrier.connection.id
      const moved = addresses.join() !== this.#addresses.join()
      this.#addresses = addresses
      this.#become('held', moved)
      this.#schedule(limits.relayRenewMs)
    } catch (error) {
      const isRefused = isPorchlightError(error) && error.code === 'DENIED'
      log('relay.no-place', { relay: this.relay, because: isPorchlightError(error) ? error.code : 'INTERNAL', error: String(error) })
      if (this.#wanted) this.#retry(isRefused ? 'refused' : 'unreachable')
    }
  }

  #retry(state: 'refused' | 'unreachable'): void {
    this.#failures++
    this.#drop(state)
    const capMs = state === 'refused' ? limits.relayRefusedMs : this.retryCapMs
    this.#schedule(redialAfterMs(this.#failures, this.#options.random(), { ...redial, capMs }))
  }

  #drop(state: ReservationState): void {
    clearTimeout(this.#timer)
    if (this.isHeld) this.#heldUntilMs = this.#options.now()
    this.#connection = undefined
    const had = this.#addresses.length > 0
    this.#addresses = []
    this.#become(state, had)
  }

  #become(state: ReservationState, moved = false): void {
    if (state === this.#state && !moved) return
    if (state !== this.#state) this.#sinceMs = this.#options.now()
    this.#state = state
    this.#options.changed()
  }
}
