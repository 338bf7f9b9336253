import { isPorchlightError, limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import { isPublicHost, type Mesh, type PortMappingView, type PublicAddress } from '@porchlight/mesh'
import { askLook, serveReach, type Looked } from '@porchlight/protocol-reach'
import type { ContactBook } from './contact-book.ts'

/** How one contact's device sees this one. */
export interface SeenView {
  readonly household: HouseholdId
  readonly device: DeviceId
  /** Multiaddr of our end of the connection as it looks from there, without `/p2p/`. */
  readonly address: string
  /** Whether that is an address of the internet: from our own LAN, or from within a carrier's network, they see another one. */
  readonly isPublic: boolean
  /** Their clock less ours, in milliseconds, give or take half the time that the answer took. */
  readonly clockAheadMs: number
  /** Milliseconds since 1970. */
  readonly atMs: number
}

/** What is known of being reached from outside. */
export interface ReachView {
  readonly publicAddresses: readonly (PublicAddress & { readonly triedMs: number | null })[]
  readonly portMapping: PortMappingView
  readonly seenAs: readonly SeenView[]
}

export interface BeingReachedOptions {
  readonly mesh: Mesh
  readonly contacts: ContactBook
  /** Resolves when a device may know whose this one is. */
  readonly presented: (device: DeviceId, signal?: AbortSignal) => Promise<void>
  /** Whether the router may be asked to forward our port. */
  readonly forwardPort: boolean
  readonly nowMs: () => number
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

const tcpOf = /^\/ip[46]\/([^/]+)\/tcp\/(\d+)$/

/**
 * Finds out whether others reach this device: contacts that see it from outside are asked how it looks from there, and to try its public addresses.
 * With no contact at all nobody is asked anything, the router neither.
 */
export class BeingReached {
  readonly #options: BeingReachedOptions
  readonly #seen = new Map<DeviceId, SeenView>()
  readonly #tried = new Map<string, number>()
  readonly #closing = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined
  #isAskedAgain = false
  #unsubscribe: (() => void) | undefined

  constructor(options: BeingReachedOptions) {
    this.#options = options
  }

  /** The answering side. */
  handlers(): ReturnType<typeof serveReach> {
    const { mesh, nowMs } = this.#options
    return serveReach({
      seenAt: (device) =>
        mesh
          .connections()
          .find((each) => each.device === device && !each.relayed)
          ?.remoteAddress.replace(/\/p2p\/.*$/, ''),
      probe: (device, address, signal) => mesh.reach.probe(device, address, signal),
      nowMs,
    })
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), limits.reachAskMs)
    this.#timer.unref()
    // A port that the router forwards is tried at once: until somebody got through to it nobody is told.
    this.#unsubscribe = this.#options.mesh.reach.onForwarding(() => {
      // What was found of a port before it was forwarded again counts no more.
      this.#tried.clear()
      this.look()
    })
    this.look()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#unsubscribe?.()
    this.#closing.abort()
    await this.#round
  }

  /** Looks around now, or once more when that is under way: it may have passed what is new. */
  look(): void {
    this.#isAskedAgain = this.#round !== undefined
    this.#round ??= this.#lookAround()
      .catch((error: unknown) => this.#options.log('reach.look-failed', { error: String(error) }))
      .finally(() => {
        this.#round = undefined
        if (this.#isAskedAgain) this.look()
      })
  }

  view(): ReachView {
    const { mesh } = this.#options
    return {
      publicAddresses: mesh.reach.publicAddresses().map((each) => ({ ...each, triedMs: this.#tried.get(each.address) ?? null })),
      portMapping: mesh.reach.portMapping(),
      seenAs: [...this.#seen.values()],
    }
  }

  async #lookAround(): Promise<void> {
    const { mesh, contacts, forwardPort, nowMs } = this.#options
    if (contacts.list().length === 0 || this.#closing.signal.aborted) return
    if (forwardPort) await mesh.reach.forwardPort(true)
    const observers = this.#observers()
    for (const device of this.#seen.keys()) if (!contacts.householdOf(device)) this.#seen.delete(device)
    for (const device of observers) {
      const known = this.#seen.get(device)
      if (known === undefined || nowMs() - known.atMs > limits.reachAgainMs) await this.#ask(device, 0)
    }
    const addresses = mesh.reach.publicAddresses()
    for (const address of this.#tried.keys()) if (!addresses.some((each) => each.address === address)) this.#tried.delete(address)
    for (const { address, confirmed } of addresses) {
      const againMs = confirmed ? limits.reachAgainMs : limits.reachAgainMs / 4
      if (nowMs() - (this.#tried.get(address) ?? -Infinity) > againMs) await this.#settle(address, observers)
    }
  }

  /** Contacts' devices that see us without a relay between. */
  #observers(): DeviceId[] {
    const { mesh, contacts } = this.#options
    const direct = mesh.connections().filter(({ device, relayed }) => !relayed && contacts.householdOf(device) !== undefined)
    return [...new Set(direct.map(({ device }) => device))]
  }

  /** One that got through is enough; that nobody did counts once somebody who could have said so. */
  async #settle(address: string, observers: readonly DeviceId[]): Promise<void> {
    const [, host, port] = tcpOf.exec(address) ?? []
    // By household: one alone, with however many devices, must not have an address withdrawn that others get through to.
    const silent = new Set<HouseholdId>()
    const { contacts } = this.#options
    for (const device of observers) {
      const looked = await this.#ask(device, Number(port))
      const [, seenHost] = tcpOf.exec(looked?.address ?? '') ?? []
      // Whoever sees us at another address tried that one: on our own LAN, or by the other IP version.
      if (looked === undefined || seenHost !== host) continue
      if (looked.outcome === 'answered') {
        this.#tried.set(address, this.#options.nowMs())
        return this.#options.mesh.reach.settle(address, true)
      }
      const household = contacts.householdOf(device)
      if (looked.outcome === 'silent' && household !== undefined) silent.add(household)
      if (silent.size >= limits.reachObservers) break
    }
    if (silent.size === 0) return
    this.#tried.set(address, this.#options.nowMs())
    this.#options.mesh.reach.settle(address, false)
  }

  async #ask(device: DeviceId, port: number): Promise<Looked | undefined> {
    const { mesh, contacts, presented, nowMs, log } = this.#options
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(limits.callDeadlineMs)])
    try {
      await presented(device, signal)
      const fromMs = nowMs()
      const looked = await askLook(mesh.call, device, port, { signal })
      const household = contacts.householdOf(device)
      const middleMs = (fromMs + nowMs()) / 2
      if (household !== undefined && port === 0)
        this.#seen.set(device, {
          household,
          device,
          address: looked.address,
          isPublic: isPublicHost(tcpOf.exec(looked.address)?.[1] ?? ''),
          clockAheadMs: Math.round(looked.atMs - middleMs),
          atMs: nowMs(),
        })
      return looked
    } catch (error) {
      if (!this.#closing.signal.aborted) log('reach.ask-failed', { device, code: isPorchlightError(error) ? error.code : String(error) })
      return undefined
    }
  }
}
