import { networkInterfaces } from 'node:os'
import type { Socket } from 'node:net'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import type {
  ComponentLogger,
  Connection,
  ConnectionEncrypter,
  MultiaddrConnection,
  Stream,
  StreamMuxer,
  StreamMuxerFactory,
  Transport,
  Upgrader,
  UpgraderOptions,
} from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { limits } from '@porchlight/core'
import type { PunchPorts } from '../punch/punch-ports.ts'
import type { RawDials } from '../punch/raw-dials.ts'
import { noiseCipher, withoutErrorsForLengths, withoutSpareCopy } from '../transport/noise-cipher.ts'
import { sendWithOneWrite, type SendingConnection } from '../transport/one-write.ts'
import { PendingUpgrades } from './pending-upgrades.ts'
import { answering, guardNegotiation, proposing, type Guarded } from './negotiation-guard.ts'
import { spareCredit, type CreditedStream } from './spare-credit.ts'
import { writeTogether } from './write-together.ts'

/** What our wrappers need of libp2p's component table. */
interface Components {
  readonly logger: ComponentLogger
  readonly registrar: { getProtocols(): string[] }
  readonly upgrader: Upgrader
}

/** What the transport has to do with opening direct connections through routers. */
export interface Punching {
  /** Hosts of the internet are dialled from these, so that what they see can be compared. */
  readonly ports: PunchPorts
  /** Gets the transport, to dial outside libp2p's queue. */
  readonly dials: RawDials
}

/** The TCP sockets of one node, by their libp2p connection. */
export class Sockets {
  readonly pending = new PendingUpgrades()
  readonly #open = new Map<MultiaddrConnection, Socket>()

  add(connection: MultiaddrConnection): void {
    const { socket } = connection as MultiaddrConnection & { socket: Socket }
    this.#open.set(connection, socket)
    readInTurns(socket, connection)
    sendWithOneWrite(socket, connection as unknown as SendingConnection)
    writeTogether(socket)
    socket.once('close', () => this.#open.delete(connection))
  }

  get count(): number {
    return this.#open.size
  }

  /** How many come from one IP address. */
  countFrom(host: string | undefined): number {
    return [...this.#open.values()].filter(({ remoteAddress }) => remoteAddress === host).length
  }

  /** Ends what runs over an address that this machine no longer has: nothing would ever arrive there, nor say so. */
  abortStranded(): void {
    const own = new Set(Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)))
    for (const [connection, { localAddress }] of this.#open) {
      const plain = localAddress?.replace(/^::ffff:/, '').replace(/%.*$/, '')
      if (plain !== undefined && !own.has(plain)) connection.abort(new Error('the address of this machine has changed'))
    }
  }

  /** Destroys what is left, for a stop that takes too long. */
  destroyAll(): void {
    for (const socket of this.#open.values()) socket.destroy()
  }
}

/**
 * libuv reads a busy socket up to 32 times in one round of the event loop. That is 2 MiB to decrypt during which nothing else runs, on the
 * side of a download where a person waits for the screen. This lets everything else have its turn in between.
 */
function readInTurns(socket: Socket, connection: MultiaddrConnection): void {
  let turnBytes = 0
  socket.on('data', (bytes: Buffer) => {
    turnBytes += bytes.length
    if (turnBytes < limits.receiveTurnBytes) return
    turnBytes = 0
    socket.pause()
    setImmediate(() => {
      // Whoever paused the connection meanwhile resumes the socket with it.
      if (!socket.destroyed && (connection as { readStatus?: string }).readStatus !== 'paused') socket.resume()
    })
  })
}

/**
 * libp2p's TCP, noise and yamux, with every negotiation watched from its first byte. libp2p offers no hook there, so the wrappers replace
 * `onData` of the socket, of the encrypted connection (when the muxer was not agreed on inside noise) and of each stream.
 */
export function guardedTcp(sockets: Sockets, { ports, dials }: Punching): (components: Components) => Transport {
  return (components) => {
    const transport = tcp({
      inboundSocketInactivityTimeout: 4 * limits.pingEveryMs,
      outboundSocketInactivityTimeout: 4 * limits.pingEveryMs,
    })(components)
    const [dial, createListener] = [transport.dial.bind(transport), transport.createListener.bind(transport)]
    const watched = (upgrader: Upgrader): Upgrader =>
      new Proxy(upgrader, {
        get(target, name) {
          const value = Reflect.get(target, name)
          if (typeof value !== 'function') return value
          if (name !== 'upgradeInbound' && name !== 'upgradeOutbound') return value.bind(target)
          return (connection: MultiaddrConnection, ...rest: unknown[]) => {
            sockets.add(connection)
            const encrypters = (): string[] => [...upgrader.getConnectionEncrypters().keys()]
            const answers = name === 'upgradeInbound' || (rest[0] as UpgraderOptions | undefined)?.initiator === false
            guardNegotiation(connection as unknown as Guarded, answers ? answering(encrypters) : proposing())
            if (name === 'upgradeOutbound') return value.call(target, connection, ...rest)
            const { socket } = connection as MultiaddrConnection & { socket: Socket }
            const over = sockets.pending.add(socket.remoteAddress ?? '', () => connection.abort(new Error('too many handshakes')))
            return (value.call(target, connection, ...rest) as Promise<unknown>).finally(over)
          }
        },
      })
    transport.dial = (address, options) => {
      const dialFrom = (localPort: number | undefined): Promise<Connection> =>
        dial(address, { ...options, ...(localPort === undefined ? {} : { localPort }), upgrader: watched(options.upgrader) })
      const chosen = 'localPort' in options || !ports.areFor(address.toString())
      return chosen ? dialFrom(undefined) : ports.dialFrom(dialFrom)
    }
    dials.use(transport, components.upgrader)
    transport.createListener = (options) => createListener({ ...options, upgrader: watched(options.upgrader) })
    return transport
  }
}

export function guardedNoise(): (components: Components) => ConnectionEncrypter {
  return (components) => {
    const encrypter = noise({ crypto: noiseCipher })(components as never) as ConnectionEncrypter
    const [secureInbound, secureOutbound] = [encrypter.secureInbound.bind(encrypter), encrypter.secureOutbound.bind(encrypter)]
    const muxers = (): string[] => [...components.upgrader.getStreamMuxers().keys()]
    encrypter.secureInbound = async (...args: Parameters<typeof secureInbound>) => {
      const secured = await secureInbound(...args)
      withoutSpareCopy(secured.connection as never)
      withoutErrorsForLengths(secured.connection as never)
      if (secured.streamMuxer === undefined) guardNegotiation(secured.connection as unknown as Guarded, answering(muxers))
      return secured
    }
    encrypter.secureOutbound = async (...args: Parameters<typeof secureOutbound>) => {
      const secured = await secureOutbound(...args)
      withoutSpareCopy(secured.connection as never)
      withoutErrorsForLengths(secured.connection as never)
      if (secured.streamMuxer === undefined) guardNegotiation(secured.connection as unknown as Guarded, proposing())
      return secured
    }
    return encrypter
  }
}

/** A muxer with the two inner steps of its base class through which streams come into being. */
type OpenMuxer = StreamMuxer & { onRemoteStream(stream: Stream): void; onCreateStream(...args: unknown[]): Stream }

export function guardedYamux(): (components: Components) => StreamMuxerFactory {
  return (components) => {
    const factory = yamux({
      maxInboundStreams: limits.streamsInPerConnection,
      maxOutboundStreams: limits.streamsOutPerConnection,
      // Streams that arrive before our side has finished its handshake: more than 10 end the connection by default.
      maxEarlyStreams: limits.streamsInPerConnection,
      // The initial window stays at its default: different ones at both ends kill the connection.
      streamOptions: { maxStreamWindowSize: limits.streamWindowBytes, maxReadBufferLength: limits.readBufferBytes },
    })() as StreamMuxerFactory
    const create = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection) => {
      const muxer = create(connection) as OpenMuxer
      const [onRemoteStream, onCreateStream] = [muxer.onRemoteStream.bind(muxer), muxer.onCreateStream.bind(muxer)]
      muxer.onRemoteStream = (stream) => {
        spareCredit(stream as CreditedStream)
        guardNegotiation(
          stream as unknown as Guarded,
          answering(() => components.registrar.getProtocols()),
        )
        onRemoteStream(stream)
      }
      muxer.onCreateStream = (...args) => {
        const stream = onCreateStream(...args) as CreditedStream
        const sendWindowUpdate = stream.sendWindowUpdate.bind(stream)
        // The first is sent in a microtask. When the connection ends before that, it throws where nobody catches, and the process would end.
        stream.sendWindowUpdate = () => {
          // Not in its type, and in everything that it may be.
          const { writeStatus } = connection as typeof connection & Pick<Stream, 'writeStatus'>
          if (writeStatus !== 'writable') return
          try {
            sendWindowUpdate()
          } catch (error) {
            // What noise makes of a connection is writable while what it runs over is closing.
            connection.abort(error instanceof Error ? error : new Error(String(error)))
          }
        }
        spareCredit(stream)
        guardNegotiation(stream as unknown as Guarded, proposing())
        return stream
      }
      return muxer
    }
    return factory
  }
}
