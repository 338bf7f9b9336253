import { isIPv4 } from 'node:net'
import type { Gateway } from '@achingbrain/nat-port-mapper'
import { limits } from '@porchlight/core'
import type { MeshLog } from '../mesh.ts'
import { isPublicHost } from '../paths/public-hosts.ts'
import { endEntry, ownerOfEntry } from './router-entry.ts'

/** What came of asking the router to forward a port. */
export type PortMappingView =
  | { readonly state: 'off' | 'searching' | 'no-router' }
  /** The router said no. */
  | { readonly state: 'refused'; readonly router: string; readonly because: string }
  /** The router has no public address itself: another NAT, of the provider mostly, is in front of it. */
  | { readonly state: 'behind-another'; readonly router: string; readonly outer: string }
  | { readonly state: 'mapped'; readonly router: string; readonly address: string }

export interface PortMappingOptions {
  /** Where this node listens on the LAN, IPv4; `undefined` when it does not. */
  readonly listening: () => { readonly host: string; readonly port: number } | undefined
  /** What the outside can dial has changed. */
  readonly changed: () => void
  readonly log: MeshLog
  /** Routers on the LAN; default by UPnP. */
  readonly routers?: (signal: AbortSignal) => AsyncIterable<Gateway>
}

/** The library, with the XML that routers speak, is loaded by those who ask one. */
async function* byUpnp(signal: AbortSignal): AsyncGenerator<Gateway> {
  const { upnpNat } = await import('@achingbrain/nat-port-mapper')
  yield* upnpNat({ description: 'porchlight', ttl: limits.portLeaseMs, autoRefresh: true }).findGateways({ signal })
}

/**
 * Asks the home's router to forward one port (UPnP Internet Gateway Device), keeps the forwarding alive, and follows the router's outer address,
 * which changes without a word. What comes of it is a claim of the router, confirmed only when somebody outside got through.
 */
export class PortMapping {
  readonly #options: PortMappingOptions
  readonly #over = new AbortController()
  #view: PortMappingView = { state: 'off' }
  #router: Gateway | undefined
  /** What the router forwards to us. */
  #held: { readonly outer: string; readonly port: number; readonly host: string } | undefined
  /** A router that forwarded a port and does not now is starting again, mostly: it is asked soon, this many times. */
  #soon = 0
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> = Promise.resolve()

  constructor(options: PortMappingOptions) {
    this.#options = options
  }

  get view(): PortMappingView {
    return this.#view
  }

  /** Begins, or begins again because this machine has other addresses. */
  start(): void {
    this.#inTurn(async () => {
      await this.#release()
      await this.#map()
    })
  }

  /** Takes the forwarding back, as far as the router answers within `limits.portAskMs`. */
  async stop(): Promise<void> {
    this.#over.abort()
    clearTimeout(this.#timer)
    await this.#turn
    await this.#release()
    this.#say({ state: 'off' })
  }

  /** One thing at a time; never rejects. */
  #inTurn(step: () => Promise<void>): void {
    if (this.#over.signal.aborted) return
    clearTimeout(this.#timer)
    this.#turn = this.#turn.then(step).catch((error: unknown) => {
      this.#options.log('mesh.port-mapping-failed', { error: String(error) })
      this.#later(limits.portAgainMs, () => this.start())
    })
  }

  #later(afterMs: number, step: () => void): void {
    clearTimeout(this.#timer)
    if (this.#over.signal.aborted) return
    this.#timer = setTimeout(step, afterMs)
    this.#timer.unref()
  }

  async #map(): Promise<void> {
    const where = this.#options.listening()
    if (where === undefined || this.#over.signal.aborted) return this.#say({ state: 'off' })
    this.#say({ state: 'searching' })
    const router = await this.#find()
    if (this.#over.signal.aborted) return
    if (router === undefined) {
      this.#say({ state: 'no-router' })
      return this.#tryAgain()
    }
    this.#router = router
    try {
      const outer = await router.externalIp(this.#ask())
      const { externalPort: port } = await router.map(where.port, where.host, { ...this.#ask(), protocol: 'TCP' })
      this.#held = { outer, port, host: where.host }
    } catch (error) {
      this.#say({ state: 'refused', router: router.host, because: error instanceof Error ? error.message : String(error) })
      return this.#tryAgain()
    }
    this.#soon = Math.floor(limits.portAgainMs / limits.portWatchMs)
    this.#seen(router, this.#held.outer, this.#held.port)
    const listed = (await ownerOfEntry(router, this.#held.port, where.host, this.#ask())) === 'ours'
    this.#watch(router, this.#held, listed)
  }

  #tryAgain(): void {
    this.#later(this.#soon-- > 0 ? limits.portWatchMs : limits.portAgainMs, () => this.start())
  }

  #seen(router: Gateway, outer: string, port: number): void {
    // Behind a carrier's NAT some routers name an inner address, others none at all.
    if (!isIPv4(outer) || !isPublicHost(outer)) this.#say({ state: 'behind-another', router: router.host, outer })
    else this.#say({ state: 'mapped', router: router.host, address: `/ip4/${outer}/tcp/${port}` })
  }

  /** @param listed  whether the router says what it forwards: one that never does cannot say that it has forgotten */
  #watch(router: Gateway, held: { outer: string; port: number; host: string }, listed: boolean): void {
    this.#later(limits.portWatchMs, () =>
      this.#inTurn(async () => {
        const now = await router.externalIp(this.#ask()).catch(() => undefined)
        const owner = listed && now === held.outer ? await ownerOfEntry(router, held.port, held.host, this.#ask()) : 'ours'
        if (now === held.outer && (owner === 'ours' || owner === 'unknown')) return this.#watch(router, held, listed)
        this.#options.log('mesh.port-mapping-lost', { router: router.host, outer: held.outer, now, owner })
        await this.#release()
        return this.#map()
      }),
    )
  }

  async #find(): Promise<Gateway | undefined> {
    const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(limits.portSearchMs)])
    try {
      for await (const router of (this.#options.routers ?? byUpnp)(signal)) if (router.family === 'IPv4') return router
    } catch (error) {
      if (!signal.aborted) throw error
    }
    return undefined
  }

  async #release(): Promise<void> {
    const [router, held] = [this.#router, this.#held]
    this.#router = undefined
    this.#held = undefined
    if (router === undefined) return
    const options = { signal: AbortSignal.timeout(limits.portAskMs) }
    // What another device has taken meanwhile is not ours to delete.
    const owner = held && (await ownerOfEntry(router, held.port, held.host, options))
    await endEntry(router, owner === 'another' ? undefined : held?.port, options).catch((error: unknown) => {
      this.#options.log('mesh.port-not-released', { error: String(error) })
    })
  }

  #ask(): { signal: AbortSignal } {
    return { signal: AbortSignal.any([this.#over.signal, AbortSignal.timeout(limits.portAskMs)]) }
  }

  #say(view: PortMappingView): void {
    const before = this.#view
    this.#view = view
    if (JSON.stringify(before) === JSON.stringify(view)) return
    this.#options.log('mesh.port-mapping', { ...view })
    if (before.state === 'mapped' || view.state === 'mapped') this.#options.changed()
  }
}
