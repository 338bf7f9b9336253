import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import type { IdentifyResult } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { deviceId, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import type { ByteStream, SigningKey } from '@porchlight/wire'
import { createLibp2p } from 'libp2p'
import { gateProtocol } from '../calls/gate-protocol.ts'
import { MuxedByteStream } from '../calls/muxed-byte-stream.ts'
import { SendTurns } from '../calls/send-turns.ts'

/** One connection to one device, for looking at its gate from outside. */
export interface GateProbe extends AsyncDisposable {
  /** Whom noise proved at the far end. */
  readonly device: DeviceId
  /** A fresh stream of the gate, with nothing sent on it. @throws `UNREACHABLE` when the far side gives none */
  open(): Promise<ByteStream>
  /** The protocol ids that identify told us. */
  protocols(): Promise<readonly string[]>
}

/**
 * Connects to a device with stock libp2p: TCP, noise, yamux, identify and nothing else, so that what is seen is what any program sees.
 * Not for calls of a household: nothing is supervised, nothing redialled.
 *
 * @param addresses  multiaddrs with `/p2p/`, of one device
 * @param key        whose device to be
 * @throws           `UNREACHABLE`
 */
export async function probeGate(
  addresses: readonly string[],
  { key, signal }: { key: SigningKey; signal?: AbortSignal },
): Promise<GateProbe> {
  const node = await createLibp2p({
    privateKey: key,
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({ streamOptions: { maxStreamWindowSize: limits.streamWindowBytes, maxReadBufferLength: limits.readBufferBytes } }),
    ],
    services: { identify: identify() },
    connectionMonitor: { enabled: false },
  })
  const identified = Promise.withResolvers<IdentifyResult>()
  identified.promise.catch(() => {})
  node.addEventListener('peer:identify', (event) => identified.resolve(event.detail), { once: true })
  try {
    const connection = await node.dial(
      addresses.map((address) => multiaddr(address)),
      signal ? { signal } : {},
    )
    const turns = new SendTurns()
    return {
      device: deviceId(connection.remotePeer.toString()),
      open: async () => {
        try {
          const stream = await connection.newStream(gateProtocol, { maxOutboundStreams: limits.gateStreamsPerConnection })
          return new MuxedByteStream(stream, turns)
        } catch (cause) {
          throw new PorchlightError('UNREACHABLE', 'the far side opens no stream of the gate', { cause })
        }
      },
      protocols: async () => (await identified.promise).protocols,
      [Symbol.asyncDispose]: async () => {
        identified.reject(new PorchlightError('CLOSED', 'the probe has ended'))
        await node.stop()
      },
    }
  } catch (cause) {
    await node.stop()
    throw new PorchlightError('UNREACHABLE', `no gate at ${addresses.join(', ')}`, { cause })
  }
}
