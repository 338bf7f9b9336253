import { isIPv4 } from 'node:net'
import { upnpNat, type Gateway } from '@achingbrain/nat-port-mapper'
import { limits } from '@porchlight/core'
import type { MeshLog } from '../mesh.ts'
import { isPublicHost } from '../paths/public-hosts.ts'

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

const byUpnp = (signal: AbortSignal): AsyncIterable<Gateway> =>
  upnpNat({ description: 'porchlight', ttl: limits.portLeaseMs, autoRefresh: true }).findGateways({ signal })

/**
 * Asks the home's router to forward one port (UPnP Internet Gateway Device), keeps the forwarding alive, and follows the router's outer address,
 * which changes without a word. What comes of it is a claim of the router, confirmed only when somebody outside got through.
 */
export class PortMapping {
  readonly #options: PortMappingOptions
  readonly #over = new AbortController()
  #view: PortMappingView = { state: 'off' }
  #router: Gateway | undefined
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
      return this.#later(limits.portAgainMs, () => this.start())
    }
    this.#router = router
    let outer: string
    let port: number
    try {
      outer = await router.externalIp(this.#ask())
      port = (await router.map(where.port, where.host, { ...this.#ask(), protocol: 'TCP' })).externalPort
    } catch (error) {
      this.#say({ state: 'refused', router: router.host, because: error instanceof Error ? error.message : String(error) })
      return this.#later(limits.portAgainMs, () => this.start())
    }
    this.#seen(router, outer, port)
    this.#watch(router, outer, port)
  }

  #seen(router: Gateway, outer: string, port: number): void {
    // Behind a carrier's NAT some routers name an inner address, others none at all.
    if (!isIPv4(outer) || !isPublicHost(outer)) this.#say({ state: 'behind-another', router: router.host, outer })
    else this.#say({ state: 'mapped', router: router.host, address: `/ip4/${outer}/tcp/${port}` })
  }

  #watch(router: Gateway, outer: string, port: number): void {
    this.#later(limits.portWatchMs, () =>
      this.#inTurn(async () => {
        const now = await router.externalIp(this.#ask()).catch(() => undefined)
        // A router that was restarted may have lost the forwarding with its old address.
        if (now !== outer) {
          await this.#release()
          return this.#map()
        }
        this.#watch(router, outer, port)
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
    const router = this.#router
    this.#router = undefined
    await router?.stop({ signal: AbortSignal.timeout(limits.portAskMs) }).catch((error: unknown) => {
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
