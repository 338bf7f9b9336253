import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { limits } from '@porchlight/core'
import { createLibp2p } from 'libp2p'

export interface PlainOptions {
  readonly identify?: boolean
  readonly addressDialMs?: number
  readonly maxConnections?: number
  /** Interval and timeout of the connection monitor, which is off by default. */
  readonly pingMs?: number
  /** How often a lost peer with a KEEP_ALIVE tag is dialled again, 10 ms apart. */
  readonly retries?: number
  /** Instead of the stock one. */
  readonly noise?: ReturnType<typeof noise>
}

/** A libp2p node as anyone may build it: stock TCP, noise and yamux, nothing of ours but the window bound. */
export function plainNode(options: PlainOptions = {}): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [options.noise ?? noise()],
    streamMuxers: [
      yamux({ streamOptions: { maxStreamWindowSize: limits.streamWindowBytes, maxReadBufferLength: limits.readBufferBytes } }),
    ],
    connectionManager: {
      inboundConnectionThreshold: 10_000,
      addressSorter: () => 0,
      ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
      ...(options.retries === undefined
        ? {}
        : { reconnectRetries: options.retries, reconnectRetryInterval: 10, reconnectBackoffFactor: 1 }),
      ...(options.addressDialMs === undefined ? {} : { addressDialTimeout: options.addressDialMs }),
    },
    connectionMonitor:
      options.pingMs === undefined
        ? { enabled: false }
        : { pingInterval: options.pingMs, pingTimeout: { minTimeout: options.pingMs, maxTimeout: options.pingMs } },
    ...(options.identify ? { services: { identify: identify() } } : {}),
  })
}

/** Both ends of a stream between two plain nodes, as libp2p gives them. */
export async function streamBetween(from: Libp2p, to: Libp2p, protocol: string): Promise<{ outbound: Stream; inbound: Stream }> {
  const arrived = Promise.withResolvers<Stream>()
  await to.handle(protocol, (stream) => arrived.resolve(stream), { force: true })
  const outbound = await from.dialProtocol(to.getMultiaddrs(), protocol)
  return { outbound, inbound: await arrived.promise }
}
