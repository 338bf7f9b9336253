import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import type { MeshLog } from '../mesh.ts'

/** What of a circuit is needed to end it. */
export interface EndableCircuit {
  abort(error: Error): void
  addEventListener(event: 'close', listener: () => void): void
}

export interface StrangerCircuitsOptions {
  readonly isKnown: (device: DeviceId) => boolean
  readonly log: MeshLog
  /** Milliseconds of any clock that is never set. */
  readonly now?: () => number
}

interface Tries {
  readonly sinceMs: number
  count: number
}

/**
 * Circuits that relays bring us from devices that we do not know. What they carry is charged to what somebody gave us, so they are few, rare,
 * short and small; some there must be, for whoever takes up an invite, and a contact on a new machine, is not known before he has spoken.
 *
 * @see docs/adr/0054-a-stranger-costs-a-home-little.md
 */
export class StrangerCircuits {
  readonly #options: StrangerCircuitsOptions
  readonly #now: () => number
  readonly #open = new Map<EndableCircuit, DeviceId>()
  /** Taken, and not yet there to be bounded. */
  readonly #coming = new Set<{ readonly device: DeviceId }>()
  readonly #tries = new Map<DeviceId, Tries>()
  #left: number = limits.strangerCircuitsBurst
  #refilledMs: number

  constructor(options: StrangerCircuitsOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#refilledMs = this.#now()
  }

  /** Asked before a circuit is taken, with whom the relay says it comes from; counted when it may come. */
  admits(device: DeviceId): boolean {
    if (this.#options.isKnown(device)) return true
    const present = [...this.#open.values(), ...[...this.#coming].map((each) => each.device)]
    const strangers = present.filter((each) => !this.#options.isKnown(each)).length
    const tries = this.#triesOf(device)
    this.#refill()
    if (strangers >= limits.strangerCircuits || tries.count >= limits.strangerTries || this.#left < 1) {
      this.#options.log('relay.stranger-declined', { device })
      return false
    }
    tries.count++
    this.#left--
    const coming = { device }
    this.#coming.add(coming)
    // One whose stream breaks off before it is upgraded never comes.
    setTimeout(() => this.#coming.delete(coming), limits.upgradeMs).unref()
    return true
  }

  /**
   * Ends a circuit of a stranger when it has cost enough, unless he is known by then.
   *
   * @returns what is to be told of its bytes, in either direction; `undefined` for a known device
   */
  bound(circuit: EndableCircuit, device: DeviceId): ((bytes: number) => void) | undefined {
    for (const coming of this.#coming)
      if (coming.device === device) {
        this.#coming.delete(coming)
        break
      }
    if (this.#options.isKnown(device)) return undefined
    const end = (error: PorchlightError): void => {
      if (!this.#open.delete(circuit)) return
      clearTimeout(timer)
      if (this.#options.isKnown(device)) return
      this.#options.log('relay.stranger-ended', { device, because: error.code })
      // Not inside of what the muxer is just sending: it would throw where nobody catches.
      setImmediate(() => circuit.abort(error))
    }
    const timer = setTimeout(
      () => end(new PorchlightError('TIMEOUT', `a stranger's circuit lasts ${limits.strangerCircuitMs} ms`)),
      limits.strangerCircuitMs,
    ).unref()
    this.#open.set(circuit, device)
    circuit.addEventListener('close', () => {
      clearTimeout(timer)
      this.#open.delete(circuit)
    })
    let left: number = limits.strangerCircuitBytes
    return (bytes) => {
      left -= bytes
      if (left < 0) end(new PorchlightError('TOO_LARGE', `a stranger's circuit carries ${limits.strangerCircuitBytes} bytes`))
    }
  }

  #refill(): void {
    const more = Math.floor((this.#now() - this.#refilledMs) / limits.strangerCircuitEveryMs)
    this.#refilledMs += more * limits.strangerCircuitEveryMs
    this.#left = Math.min(limits.strangerCircuitsBurst, this.#left + more)
  }

  #triesOf(device: DeviceId): Tries {
    const known = this.#tries.get(device)
    if (known && this.#now() - known.sinceMs < limits.strangerTriesMs) return known
    const tries = { sinceMs: this.#now(), count: 0 }
    this.#tries.delete(device)
    this.#tries.set(device, tries)
    if (this.#tries.size > limits.strangersCounted) this.#tries.delete(this.#tries.keys().next().value!)
    return tries
  }
}
