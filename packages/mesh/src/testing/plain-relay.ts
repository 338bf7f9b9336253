import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayServer, circuitRelayTransport, type CircuitRelayService } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'

export interface PlainRelayed {
  readonly listen?: readonly string[]
  readonly isRelay?: boolean
  /** Connections from one host in a second. */
  readonly perHost?: number
  readonly allow?: string[]
  /** Inbound connections in their handshake at once. */
  readonly pending?: number
  /** Its gater answers true to every inbound connection. */
  readonly denies?: boolean
}

/** A libp2p node as anyone may build it that can use relays, and be one: nothing of ours. */
export function plainRelayed({
  listen = ['/ip4/127.0.0.1/tcp/0'],
  isRelay = false,
  perHost = 10_000,
  allow,
  pending,
  denies,
}: PlainRelayed = {}): Promise<Libp2p & { services: { relay?: CircuitRelayService } }> {
  return createLibp2p({
    addresses: { listen: [...listen] },
    transports: [tcp(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: {
      inboundConnectionThreshold: perHost,
      ...(allow ? { allow } : {}),
      ...(pending === undefined ? {} : { maxIncomingPendingConnections: pending }),
    },
    connectionMonitor: { enabled: false },
    connectionGater: { denyDialMultiaddr: () => false, ...(denies ? { denyInboundConnection: () => true } : {}) },
    services: { identify: identify(), ...(isRelay ? { relay: circuitRelayServer({ reservations: { applyDefaultLimit: false } }) } : {}) },
  }) as never
}
