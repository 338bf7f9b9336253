import type { Connection, ConnectionGater } from '@libp2p/interface'
import type { ConnectionManager, TransportManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import { limits, PorchlightError } from '@porchlight/core'
import { relayPart } from '../relay/circuit-addresses.ts'
import { dialRace } from './dial-race.ts'
import { DialTurns } from './dial-turns.ts'
import { isRelayed } from './relayed.ts'

/** What the dialler needs of libp2p's component table. */
export interface DiallerComponents {
  readonly transportManager: TransportManager
  readonly connectionManager: ConnectionManager
  readonly connectionGater: ConnectionGater
}

/**
 * Dials one address. libp2p's own dial queue tries the addresses of a device one after another, and joins every further dial to the one that
 * is under way, so a race has to go past it, to the transports. The upgrader asks the gater about the device and announces the connection,
 * and the connection manager counts it from there; what the queue did besides is asked here.
 */
export class AddressDialler {
  readonly #components: DiallerComponents
  readonly #turns = new DialTurns(limits.parallelDials)

  constructor(components: DiallerComponents) {
    this.#components = components
  }

  /** Dials the addresses of one device as `dialRace` does. */
  race(addresses: readonly Multiaddr[], signal: AbortSignal): Promise<Connection> {
    return dialRace(addresses, { dial: (address, over) => this.dial(address, over), turns: this.#turns, signal })
  }

  /** @throws `UNREACHABLE` when the gater forbids the address, what the transport threw, or the reason of `signal` */
  async dial(address: Multiaddr, signal: AbortSignal): Promise<Connection> {
    const { transportManager, connectionManager, connectionGater } = this.#components
    if (await connectionGater.denyDialMultiaddr?.(address))
      throw new PorchlightError('UNREACHABLE', `${address.toString()} may not be dialled`)
    // By the relay's own address alone, and once however many devices wait for the same relay: there the queue is right.
    if (isRelayed(address)) await connectionManager.openConnection(relayPart(address), { signal })
    signal.throwIfAborted()
    return transportManager.dial(address, { signal })
  }
}
