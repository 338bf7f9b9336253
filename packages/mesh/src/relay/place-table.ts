import { limits, type DeviceId } from '@porchlight/core'
import type { RelayClient } from './relaying.ts'

interface Circuit {
  readonly caller: DeviceId
  readonly host: string
  readonly ending: AbortController
}

interface Place {
  readonly sinceMs: number
  expiresMs: number
  timer: NodeJS.Timeout
  carriedBytes: number
  readonly circuits: Set<Circuit>
}

export interface BegunCircuit {
  /** Ends with the place. */
  readonly signal: AbortSignal
  readonly carried: (bytes: number) => void
  readonly done: () => void
}

/** Who has a place on a relay, until when, and the circuits to each. No I/O: the relay's protocol is elsewhere. */
export class PlaceTable {
  readonly #now: () => number
  readonly #places = new Map<DeviceId, Place>()

  constructor({ now }: { now: () => number }) {
    this.#now = now
  }

  has(device: DeviceId): boolean {
    return this.#places.has(device)
  }

  clients(): RelayClient[] {
    return [...this.#places].map(([device, { sinceMs, expiresMs, circuits, carriedBytes }]) => ({
      device,
      sinceMs,
      expiresMs,
      circuits: circuits.size,
      carriedBytes,
    }))
  }

  /** Gives a device a place, or more time for the one it has. @returns until when; `undefined` when the relay is full */
  reserve(device: DeviceId): number | undefined {
    const had = this.#places.get(device)
    if (!had && this.#places.size >= limits.relayReservations) return undefined
    clearTimeout(had?.timer)
    const expiresMs = this.#now() + limits.relayReservationMs
    const timer = setTimeout(() => this.end(device, new Error('the place was not renewed')), limits.relayReservationMs)
    timer.unref()
    if (had) Object.assign(had, { expiresMs, timer })
    else this.#places.set(device, { sinceMs: this.#now(), expiresMs, timer, carriedBytes: 0, circuits: new Set() })
    return expiresMs
  }

  /**
   * Counts one more circuit to a device.
   *
   * @param host  where the caller connects from; new devices cost nothing there, so that their number alone bounds nobody
   * @returns     `undefined` when there is no room
   */
  beginCircuit(device: DeviceId, caller: DeviceId, host: string = caller): BegunCircuit | undefined {
    const place = this.#places.get(device)
    if (!place || place.circuits.size >= limits.relayCircuitsPerDevice) return undefined
    if ([...place.circuits].filter((circuit) => circuit.caller === caller).length >= limits.relayCircuitsPerCaller) return undefined
    if ([...place.circuits].filter((circuit) => circuit.host === host).length >= limits.relayCircuitsPerHost) return undefined
    const circuit: Circuit = { caller, host, ending: new AbortController() }
    place.circuits.add(circuit)
    return {
      signal: circuit.ending.signal,
      carried: (bytes) => {
        place.carriedBytes += bytes
      },
      done: () => void place.circuits.delete(circuit),
    }
  }

  /** Takes a device's place, and ends the circuits to it. */
  end(device: DeviceId, error: Error): void {
    const place = this.#places.get(device)
    if (!place) return
    this.#places.delete(device)
    clearTimeout(place.timer)
    for (const { ending } of place.circuits) ending.abort(error)
  }

  clear(): void {
    for (const device of this.#places.keys()) this.end(device, new Error('this node is no relay any more'))
  }
}
