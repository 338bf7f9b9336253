import type { Connection, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { PorchlightError } from '@porchlight/core'

export interface RawDial {
  /** The port to dial from; nothing may listen on it. */
  readonly localPort: number
  /** Whether this side begins what follows: the noise handshake and the negotiations around it. */
  readonly initiator: boolean
  readonly signal: AbortSignal
}

/**
 * TCP connections made in two steps, socket first and handshake second, and outside libp2p's dial queue, which offers no local port and
 * loses the role. The transport is the guarded one of all other connections; what is upgraded shows up as `connection:open` like them.
 */
export class RawDials {
  #transport: Transport | undefined
  #upgrader: Upgrader | undefined
  readonly #made = new WeakSet<Connection>()

  /** Called once, when libp2p makes the TCP transport. */
  use(transport: Transport, upgrader: Upgrader): void {
    this.#transport = transport
    this.#upgrader = upgrader
  }

  /**
   * @returns  an open socket that nothing was sent on; the caller's to upgrade or abort
   * @throws   Node's error with its code, or the reason of `signal`
   */
  async connect(address: Multiaddr, dial: RawDial): Promise<MultiaddrConnection> {
    const { transport, upgrader } = this.#parts()
    // Instead of upgrading, hand the socket over. Noise is told by `initiator` which side it is on, yamux by the direction of the socket.
    const handOver = async (socket: MultiaddrConnection): Promise<MultiaddrConnection> =>
      Object.assign(socket, { direction: dial.initiator ? 'outbound' : 'inbound' })
    const handingOver = new Proxy(upgrader, {
      get: (target, name) => (name === 'upgradeOutbound' ? handOver : Reflect.get(target, name, target)),
    })
    return whileRunning(
      dial.signal,
      async (signal) => (await transport.dial(address, { ...dial, signal, upgrader: handingOver })) as unknown as MultiaddrConnection,
    )
  }

  /** Whether a connection came about here: nobody listens at its far end, so its address is none to dial again. */
  made(connection: Connection): boolean {
    return this.#made.has(connection)
  }

  /** @throws  what the handshake failed with; the socket is closed then */
  async upgrade(socket: MultiaddrConnection, { initiator, signal }: Pick<RawDial, 'initiator' | 'signal'>): Promise<Connection> {
    try {
      const { upgrader } = this.#parts()
      const connection = await whileRunning(signal, (running) => upgrader.upgradeOutbound(socket, { initiator, signal: running }))
      this.#made.add(connection)
      return connection
    } catch (error) {
      socket.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  #parts(): { transport: Transport; upgrader: Upgrader } {
    if (!this.#transport || !this.#upgrader) throw new PorchlightError('INTERNAL', 'libp2p has made no TCP transport')
    return { transport: this.#transport, upgrader: this.#upgrader }
  }
}

/**
 * Runs something with a signal that follows the given one only as long as it runs. Node keeps the signal of a dial, and libp2p that of a
 * handshake: aborted later, it would end the connection that came of it.
 */
async function whileRunning<Result>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  signal.throwIfAborted()
  const running = new AbortController()
  const given = (): void => running.abort(signal.reason)
  signal.addEventListener('abort', given, { once: true })
  try {
    return await run(running.signal)
  } finally {
    signal.removeEventListener('abort', given)
  }
}
