import { circuitRelayTransport, type CircuitRelayTransportComponents } from '@libp2p/circuit-relay-v2'
import type { Connection, PeerId, Stream, Transport } from '@libp2p/interface'
import { deviceId, limits, type DeviceId } from '@porchlight/core'
import { circuitUpgrader } from './circuit-upgrader.ts'
import type { StrangerCircuits } from './stranger-circuits.ts'

export interface CircuitHooks {
  /** Whether we have a place on that device: only then may it bring us circuits. */
  readonly hasPlaceOn: (device: DeviceId) => boolean
  /** Bytes of a circuit that a relay brought to us, in either direction. */
  readonly carried: (relay: DeviceId, bytes: number) => void
  /** Which circuits of devices that we do not know are taken, and how much they may cost. */
  readonly strangers: Pick<StrangerCircuits, 'admits' | 'bound'>
}

/** The parts of libp2p's transport that are replaced. */
type OpenTransport = Transport & {
  onStop(stream: Stream, connection: Connection): Promise<void>
  readonly reservationStore: { hasReservation(peer: PeerId): boolean }
}

/**
 * libp2p's circuit transport for dialling through relays and for taking circuits, and for nothing else: it never looks for relays, and it
 * never takes a circuit from one on which we have no place. Upstream would reserve on, and announce, any stranger who opens a STOP stream.
 */
export function guardedCircuits(hooks: CircuitHooks): (components: CircuitRelayTransportComponents) => Transport {
  return (components) => {
    const watched = circuitUpgrader(components.upgrader, hooks.carried, hooks.strangers)
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
