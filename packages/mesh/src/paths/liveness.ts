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
 * Finds out that connections are dead, when nothing says so: soon after sleep, in another network, behind a router that got a new address, and
 * else within a minute. A connection is dead when an echo does not come back in time and nothing else came meanwhile: behind bulk on a slow link an
 * echo may be late, but then other bytes arrive. What was heard of lately is not asked: libp2p's monitor asks from both ends, and all at once.
 */
export class Liveness {
  readonly #options: LivenessOptions
  readonly #probing = new Map<GateConnection, Promise<boolean>>()
  readonly #asking = new Set<GateConnection>()
  readonly #askedMs = new WeakMap<GateConnection, number>()
  readonly #timers: readonly NodeJS.Timeout[]

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#timers = [setInterval(() => void this.#look(), limits.canaryEveryMs), setInterval(() => this.#askSilent(), limits.silentLookMs)]
    for (const timer of this.#timers) timer.unref()
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
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** Asks those that nothing was heard of for a while, and now and then the others too, as only who asks learns the round trip. */
  #askSilent(): void {
    const nowMs = performance.now()
    for (const carrier of this.#options.open()) {
      const wasAsked = nowMs - (this.#askedMs.get(carrier) ?? nowMs) < limits.roundTripKeptMs
      if (!this.#askedMs.has(carrier)) this.#askedMs.set(carrier, nowMs)
      if (!wasAsked || !carrier.heardWithin(limits.pingEveryMs)) void this.#askPatiently(carrier)
    }
  }

  /** One question at a time; a probe does not wait for it, and is not repeated by it. */
  async #askPatiently(carrier: GateConnection): Promise<void> {
    if (this.#asking.has(carrier) || this.#probing.has(carrier)) return
    this.#asking.add(carrier)
    await this.#ask(carrier, limits.pingTimeoutMs)
    this.#asking.delete(carrier)
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
      probe = this.#ask(carrier, limits.probeMs).finally(() => this.#probing.delete(carrier))
      this.#probing.set(carrier, probe)
    }
    return probe
  }

  async #ask(carrier: GateConnection, timeoutMs: number): Promise<boolean> {
    const fromMs = performance.now()
    this.#askedMs.set(carrier, fromMs)
    try {
      carrier.connection.rtt = await roundTrip(carrier.connection, { signal: AbortSignal.timeout(timeoutMs) })
      return true
    } catch {
      if (carrier.isOpen && carrier.heardWithin(performance.now() - fromMs)) return true
      this.#options.log('mesh.connection-dead', { device: carrier.device, relayed: carrier.relayed })
      carrier.connection.abort(new Error('no sign of life'))
      return false
    }
  }
}
