import type { Connection } from '@libp2p/interface'
import { limits, type DeviceId } from '@porchlight/core'
import type { GateConnection } from '../calls/gate-connection.ts'
import type { MeshLog } from '../mesh.ts'
import { isInside } from './addresses.ts'
import { roundTrip } from './round-trip.ts'

export interface LivenessOptions {
  readonly open: () => readonly GateConnection[]
  /** Devices that carry for us. */
  readonly relays: () => readonly DeviceId[]
  readonly log: MeshLog
}

/**
 * Finds out soon that connections are dead, when nothing says so: after sleep, in another network, behind a router that got a new address.
 * libp2p's own pings take most of a minute to notice. A connection is dead when an echo does not come back in `limits.probeMs` and nothing else
 * came meanwhile: behind bulk on a slow link an echo may be late, but then other bytes arrive.
 */
export class Liveness {
  readonly #options: LivenessOptions
  readonly #probing = new Map<GateConnection, Promise<boolean>>()
  readonly #timer: NodeJS.Timeout

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.#look(), limits.canaryEveryMs)
    this.#timer.unref()
  }

  /** Measures the round trip of a new connection; its failure is left to others. Never rejects. */
  async measure(connection: Connection): Promise<void> {
    try {
      connection.rtt = await roundTrip(connection, { signal: AbortSignal.timeout(limits.pingTimeoutMs) })
    } catch {
      // Whoever uses the connection sees that it is gone.
    }
  }

  /** Asks every connection for a sign of life, and ends those that give none. Never rejects. */
  async probeAll(): Promise<void> {
    await Promise.all(this.#options.open().map((carrier) => this.#probe(carrier)))
  }

  /**
   * Asks the other connections to a device of which one more has opened: whoever dials again may have lost the others, and rules by which
   * two sides agree on one of them know nothing of that. Never rejects.
   */
  async probeOthers(opened: Connection): Promise<void> {
    const device = opened.remotePeer.toString()
    const others = this.#options.open().filter((carrier) => carrier.device === device && carrier.connection !== opened)
    await Promise.all(others.map((carrier) => this.#probe(carrier)))
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** One connection is asked often. When it has died, all that leave the house may have. */
  async #look(): Promise<void> {
    try {
      const canary = this.#canary()
      if (!canary || canary.heardWithin(limits.canaryEveryMs) || (await this.#probe(canary))) return
      this.#options.log('mesh.canary-died', { device: canary.device })
      await this.probeAll()
    } catch (error) {
      this.#options.log('mesh.listener-failed', { event: 'canary', error: String(error) })
    }
  }

  /** A connection to a relay of ours, for through it others reach us; else any one to the internet. */
  #canary(): GateConnection | undefined {
    const relays = this.#options.relays()
    const outward = this.#options.open().filter(({ relayed, connection }) => !relayed && !isInside(connection.remoteAddr.toString()))
    return this.#options.open().find(({ relayed, device }) => !relayed && relays.includes(device)) ?? outward[0]
  }

  /** @returns whether the connection lives */
  #probe(carrier: GateConnection): Promise<boolean> {
    let probe = this.#probing.get(carrier)
    if (!probe) {
      probe = this.#ask(carrier).finally(() => this.#probing.delete(carrier))
      this.#probing.set(carrier, probe)
    }
    return probe
  }

  async #ask(carrier: GateConnection): Promise<boolean> {
    const fromMs = performance.now()
    try {
      carrier.connection.rtt = await roundTrip(carrier.connection, { signal: AbortSignal.timeout(limits.probeMs) })
      return true
    } catch {
      if (carrier.isOpen && carrier.heardWithin(performance.now() - fromMs)) return true
      this.#options.log('mesh.connection-dead', { device: carrier.device, relayed: carrier.relayed })
      carrier.connection.abort(new Error('no sign of life'))
      return false
    }
  }
}
