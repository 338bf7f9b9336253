import { circuitRelayTransport, type CircuitRelayTransportComponents } from '@libp2p/circuit-relay-v2'
import type { Connection, MultiaddrConnection, PeerId, Stream, Transport, Upgrader } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { deviceId, limits, type DeviceId } from '@porchlight/core'
import { answering, guardNegotiation, proposing, type Guarded } from '../guards/negotiation-guard.ts'
import { relayOf } from '../paths/relayed.ts'

export interface CircuitHooks {
  /** Whether we have a place on that device: only then may it bring us circuits. */
  readonly hasPlaceOn: (device: DeviceId) => boolean
  /** Bytes of a circuit that a relay brought to us, in either direction. */
  readonly carried: (relay: DeviceId, bytes: number) => void
}

/** The parts of libp2p's transport that are replaced. */
type OpenTransport = Transport & {
  onStop(stream: Stream, connection: Connection): Promise<void>
  readonly reservationStore: { hasReservation(peer: PeerId): boolean }
}

/** The steps through which the bytes of a circuit go. */
type OpenCircuit = MultiaddrConnection & Guarded & { sendData(data: { byteLength: number }): unknown }

/**
 * libp2p's circuit transport for dialling through relays and for taking circuits, and for nothing else: it never looks for relays, and it
 * never takes a circuit from one on which we have no place. Upstream would reserve on, and announce, any stranger who opens a STOP stream.
 */
export function guardedCircuits(hooks: CircuitHooks): (components: CircuitRelayTransportComponents) => Transport {
  return (components) => {
    const watched = watch(components.upgrader, hooks)
    const inner = new Proxy(components, {
      get: (target, name) => (name === 'upgrader' ? watched : Reflect.get(target, name)),
    })
    const transport = circuitRelayTransport({
      maxInboundStopStreams: limits.relayStopStreams,
      maxOutboundStopStreams: limits.relayStopStreams,
    })(inner) as OpenTransport
    const take = transport.onStop
    // Ours alone knows the places; upstream would make one of its own for each stream.
    transport.reservationStore.hasReservation = () => true
    transport.onStop = async (stream, connection) => {
      if (hooks.hasPlaceOn(deviceId(connection.remotePeer.toString()))) await take(stream, connection)
      else stream.abort(new Error('no place on this device'))
    }
    return transport
  }
}

/** The upgrader as circuits see it: their handshake is guarded like that of a socket, and a host is not counted for what a relay there brings. */
function watch(upgrader: Upgrader, { carried }: CircuitHooks): Upgrader {
  const encrypters = (): string[] => [...upgrader.getConnectionEncrypters().keys()]
  return new Proxy(upgrader, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'upgradeInbound' && name !== 'upgradeOutbound') return value.bind(target)
      return (circuit: OpenCircuit, ...rest: unknown[]) => {
        guardNegotiation(circuit, name === 'upgradeInbound' ? answering(encrypters) : proposing())
        if (name === 'upgradeOutbound') return value.call(target, circuit, ...rest)
        const relay = relayOf(circuit.remoteAddr)
        if (relay !== undefined) count(circuit, (bytes) => carried(relay, bytes))
        return uncounted(circuit, () => value.call(target, circuit, ...rest) as unknown)
      }
    },
  })
}

function count(circuit: OpenCircuit, counted: (bytes: number) => void): void {
  const [onData, sendData] = [circuit.onData, circuit.sendData]
  circuit.onData = (data) => {
    counted(data.byteLength)
    onData.call(circuit, data)
  }
  circuit.sendData = (data) => {
    counted(data.byteLength)
    return sendData.call(circuit, data)
  }
}

/**
 * libp2p bounds connections from one IP address in its first, synchronous step, and takes a circuit for a connection from its relay's:
 * eight contacts that dial at once through one relay would be refused. While it looks, the circuit has no IP address.
 */
function uncounted<T>(circuit: OpenCircuit, begin: () => T): T {
  const { remoteAddr } = circuit
  const text = remoteAddr.toString()
  circuit.remoteAddr = multiaddr(text.slice(Math.max(0, text.indexOf('/p2p/'))))
  try {
    return begin()
  } finally {
    circuit.remoteAddr = remoteAddr
  }
}
