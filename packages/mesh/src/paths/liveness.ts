import type { Connection } from '@libp2p/interface'
import { limits, type DeviceId } from '@porchlight/core'
import type { GateConnection } from '../calls/gate-connection.ts'
import type { MeshLog } from '../mesh.ts'
import { isInside } from './addresses.ts'
import { roundTrip } from './round-trip.ts'

export interface LivenessOptions {
  readonly open: () => readonly GateConnection[]
  readonly isKept: (device: DeviceId) => boolean
  /** Devices that carry for us. */
  readonly relays: () => readonly DeviceId[]
  readonly log: MeshLog
}

/**
 * Finds out that connections are dead, when nothing says so: soon after sleep, in another network, behind a router that got a new address,
 * under a call that hears nothing, and else within a minute. A connection is dead when an echo does not come back in time and nothing else came
 * meanwhile: behind bulk on a slow link an echo may be late, but then other bytes arrive. What was heard of lately is not asked: libp2p's monitor
 * asks from both ends, and all at once.
 */
export class Liveness {
  readonly #options: LivenessOptions
  readonly #probing = new Map<GateConnection, Promise<boolean>>()
  readonly #asking = new Set<GateConnection>()
  readonly #askedMs = new WeakMap<GateConnection, number>()
  readonly #timers: readonly NodeJS.Timeout[]
  #probeAllSoon: NodeJS.Timeout | undefined
  #probedAllMs = -Infinity

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#timers = [setInterval(() => void this.#look(), limits.canaryLookMs), setInterval(() => this.#askSilent(), limits.silentLookMs)]
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
    this.#probedAllMs = performance.now()
    await Promise.all(this.#options.open().map((carrier) => this.#probe(carrier)))
  }

  /**
   * Asks the other connections to a device of which one more has opened: whoever dials again may have lost the others, and rules by which
   * two sides agree on one of them know nothing of that. Never rejects.
   */
  async probeOthers(opened: Connection): Promise<void> {
    const device = opened.remotePeer.toString()
    const others = this.#options.open().filter((carrier) => carrier.device === device && carrier.connection !== opened)
    await Promise.all(others.map((carrier) => this.#probe(carrier, limits.replacedProbeMs)))
  }

  /**
   * A connection is gone. When a kept one that leaves the house broke, the others may be as dead and say nothing: behind a router with a new address
   * the far side of one resets what it does not know, and the router of another drops it. However many break, all are asked once in `canaryEveryMs`.
   */
  lost(carrier: GateConnection): void {
    const { device, relayed, connection } = carrier
    if (connection.status === 'closed' || relayed || isInside(connection.remoteAddr.toString()) || !this.#options.isKept(device)) return
    const inMs = Math.max(0, this.#probedAllMs + limits.canaryEveryMs - performance.now())
    this.#probeAllSoon ??= setTimeout(() => {
      this.#probeAllSoon = undefined
      this.#options.log('mesh.connection-broke', { device })
      void this.probeAll()
    }, inMs).unref()
  }

  stop(): void {
    clearTimeout(this.#probeAllSoon)
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

  /** One connection is asked often, and those whose calls hear nothing. When the one is late to answer, all that leave the house may be dead. */
  async #look(): Promise<void> {
    try {
      const isSilent = (carrier: GateConnection): boolean => !carrier.heardWithin(limits.canaryEveryMs) && !this.#probing.has(carrier)
      const canary = this.#canary()
      const asked = this.#options.open().filter((carrier) => (carrier === canary || carrier.isUnanswered) && isSilent(carrier))
      for (const carrier of asked) void this.#probe(carrier)
      if (!canary || !asked.includes(canary) || (await Promise.race([this.#probe(canary), late()]))) return
      this.#options.log('mesh.canary-late', { device: canary.device })
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
  #probe(carrier: GateConnection, timeoutMs: number = limits.probeMs): Promise<boolean> {
    let probe = this.#probing.get(carrier)
    if (!probe) {
      probe = this.#ask(carrier, timeoutMs).finally(() => this.#probing.delete(carrier))
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

const late = (): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), limits.canaryPatienceMs).unref())
