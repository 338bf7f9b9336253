import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { asPorchlightError, deviceId, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { circuitMessages as messages } from '@porchlight/wire'
import { multiaddr } from '@multiformats/multiaddr'
import { MuxedByteStream } from '../calls/muxed-byte-stream.ts'
import type { GateConnection } from '../calls/gate-connection.ts'
import type { MeshLog } from '../mesh.ts'
import { hostOf } from '../rendezvous/put-rates.ts'
import { isForwarder } from '../guards/host-rates.ts'
import { carryCircuit } from './carry-circuit.ts'
import { isRelayed } from '../paths/relayed.ts'
import { MessageStream } from './message-stream.ts'
import { DeclinedCallers } from './declined-callers.ts'
import { PlaceTable } from './place-table.ts'
import { deviceBytes, deviceFromBytes, hopProtocol, relayStatus, stopProtocol, type RelayStatus } from './relay-protocol.ts'
import type { RelayClient, Relaying, RelayLease, RelayRules } from './relaying.ts'

export interface RelayServerOptions {
  readonly libp2p: Libp2p
  /** A connection as carrier: circuits share its turns with calls, and keep it from being taken for idle. */
  readonly carrierOf: (connection: Connection) => GateConnection
  /** The open direct connection to a device. */
  readonly directTo: (device: DeviceId) => GateConnection | undefined
  /** Our own addresses that do not lead through a relay. */
  readonly addresses: () => readonly string[]
  readonly log: MeshLog
  readonly now: () => number
}

/** A request that is answered with a status other than OK. */
class Refused extends PorchlightError {
  readonly status: RelayStatus

  constructor(status: RelayStatus) {
    super('DENIED', `refused with status ${status}`)
    this.status = status
  }
}

/**
 * The relay's side of circuit relay v2: places for whom the rules allow, and circuits to them, without the time and data limits of the
 * protocol: the lease bounds a circuit.
 *
 * @see https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md
 */
export class RelayServer implements Relaying {
  readonly #options: RelayServerOptions
  readonly #places: PlaceTable
  readonly #declined = new DeclinedCallers()
  #rules: RelayRules | undefined

  constructor(options: RelayServerOptions) {
    this.#options = options
    this.#places = new PlaceTable({ now: options.now })
  }

  get isOn(): boolean {
    return this.#rules !== undefined
  }

  async start(rules: RelayRules): Promise<void> {
    const wasOn = this.isOn
    this.#rules = rules
    if (wasOn) return this.review()
    await this.#options.libp2p.handle(hopProtocol, (stream, connection) => this.#serve(stream, connection), {
      maxInboundStreams: limits.relayHopStreams,
      runOnLimitedConnection: false,
    })
  }

  async stop(): Promise<void> {
    if (!this.isOn) return
    this.#rules = undefined
    this.#places.clear()
    await this.#options.libp2p.unhandle(hopProtocol)
  }

  review(): void {
    for (const { device } of this.#places.clients())
      if (this.#rules?.mayReserve(device) !== true) {
        this.#options.log('relay.place-ended', { device })
        this.#places.end(device, new PorchlightError('GRANT_ENDED', 'no longer carried'))
      }
  }

  clients(): RelayClient[] {
    return this.#places.clients()
  }

  /** A place lasts as long as a direct connection: nobody could be reached over one without. */
  onDisconnected(device: DeviceId): void {
    if (this.#options.directTo(device) === undefined) this.#places.end(device, new PorchlightError('CLOSED', 'the device is gone'))
  }

  /** Never rejects: what a peer sends must not reach libp2p as an exception. */
  async #serve(stream: Stream, connection: Connection): Promise<void> {
    const carrier = this.#options.carrierOf(connection)
    const hop = new MessageStream(new MuxedByteStream(stream, carrier.turns, carrier.account))
    const end = carrier.begin()
    const late = setTimeout(() => hop.abort(new PorchlightError('TIMEOUT', 'the request to the relay took too long')), limits.relayHopMs)
    try {
      const request = await hop.readMessage(messages.Hop)
      if (isRelayed(connection.remoteAddr)) throw new Refused(relayStatus.permissionDenied)
      const from = deviceId(connection.remotePeer.toString())
      const host = hostOf(connection.remoteAddr.toString())
      if (request.type === messages.Hop.Type.RESERVE) return await this.#reserve(hop, from)
      if (request.type !== messages.Hop.Type.CONNECT) throw new Refused(relayStatus.unexpectedMessage)
      await this.#connect(hop, { caller: from, host: isForwarder(host) ? from : host }, request.peer?.id, () => clearTimeout(late))
    } catch (error) {
      await this.#refuse(hop, error)
    } finally {
      end()
      clearTimeout(late)
    }
  }

  async #reserve(hop: MessageStream, device: DeviceId): Promise<void> {
    if (this.#rules?.mayReserve(device) !== true) throw new Refused(relayStatus.permissionDenied)
    const expiresMs = this.#places.reserve(device)
    if (expiresMs === undefined) throw new Refused(relayStatus.reservationRefused)
    await hop.writeMessage(messages.Hop, {
      type: messages.Hop.Type.STATUS,
      status: relayStatus.ok,
      reservation: {
        expire: BigInt(Math.floor(expiresMs / 1000)),
        addrs: this.#options.addresses().map((address) => new Uint8Array(multiaddr(address).bytes)),
      },
    })
    await hop.closeWrite()
  }

  async #connect(
    hop: MessageStream,
    { caller, host }: { caller: DeviceId; host: string },
    to: Uint8Array | undefined,
    agreed: () => void,
  ): Promise<void> {
    const device = deviceFromBytes(to ?? new Uint8Array())
    const carrier = this.#options.directTo(device)
    if (carrier === undefined || !this.#places.has(device)) throw new Refused(relayStatus.noReservation)
    // As if it had been asked and had turned the caller away.
    if (this.#declined.isBarred(device, host)) throw new Refused(relayStatus.connectionFailed)
    const circuit = this.#places.beginCircuit(device, caller, host)
    if (circuit === undefined) throw new Refused(relayStatus.resourceLimitExceeded)
    const end = carrier.begin()
    try {
      const reserved = await this.#stopAt(carrier, caller, circuit.signal, () => this.#declined.add(device, host))
      // Whom the device turned away has cost it nothing: what it was given is asked for only now.
      const permission = this.#rules?.carry(device)
      try {
        if (permission === undefined) throw new Refused(relayStatus.resourceLimitExceeded)
        await hop.writeMessage(messages.Hop, { type: messages.Hop.Type.STATUS, status: relayStatus.ok })
        agreed()
        const lease: RelayLease = {
          signal: AbortSignal.any([permission.signal, circuit.signal]),
          charge: (sent, received) => permission.charge?.(sent, received),
          done: () => {},
        }
        await carryCircuit({ reserved, caller: hop, lease, carried: circuit.carried })
      } catch (error) {
        reserved.abort(asPorchlightError(error))
        throw error
      } finally {
        permission?.done()
      }
    } finally {
      end()
      circuit.done()
    }
  }

  /** Brings a circuit to the device that has the place. @param declined called when it says no @throws `Refused` when it does not take it */
  async #stopAt(
    { connection, turns, account }: GateConnection,
    caller: DeviceId,
    place: AbortSignal,
    declined: () => void,
  ): Promise<MessageStream> {
    const signal = AbortSignal.any([place, AbortSignal.timeout(limits.relayHopMs)])
    try {
      const stream = await connection.newStream(stopProtocol, { signal, maxOutboundStreams: limits.relayStopStreams })
      const stop = new MessageStream(new MuxedByteStream(stream, turns, account))
      const giveUp = (): void => stop.abort(asPorchlightError(signal.reason))
      signal.addEventListener('abort', giveUp, { once: true })
      try {
        await stop.writeMessage(messages.Stop, { type: messages.Stop.Type.CONNECT, peer: { id: deviceBytes(caller), addrs: [] } })
        const { type, status } = await stop.readMessage(messages.Stop)
        if (type === messages.Stop.Type.STATUS && status === relayStatus.ok) return stop
        if (status === relayStatus.permissionDenied) declined()
        throw new PorchlightError('DENIED', `the device answered with status ${status}`)
      } catch (error) {
        stop.abort(asPorchlightError(error))
        throw error
      } finally {
        signal.removeEventListener('abort', giveUp)
      }
    } catch {
      throw new Refused(relayStatus.connectionFailed)
    }
  }

  async #refuse(hop: MessageStream, error: unknown): Promise<void> {
    const status = error instanceof Refused ? error.status : relayStatus.malformedMessage
    try {
      if (hop.signal.aborted) return
      await hop.writeMessage(messages.Hop, { type: messages.Hop.Type.STATUS, status })
      await hop.closeWrite()
    } catch {
      hop.abort(asPorchlightError(error))
    }
  }
}
