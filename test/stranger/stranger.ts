import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import type { Connection, IdentifyResult, Libp2p, PrivateKey } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

const gateProtocol = '/porchlight/gate/1'

/** One field of a protobuf message: a string, bytes, or a number. */
export type Field = readonly [number: number, value: string | Uint8Array | number]

function varint(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) | 128)
  }
}

/** A protobuf message written by hand, so that no code of Porchlight's has a part in what the stranger says. */
export function message(...fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [number << 3, ...varint(value)]
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
      return [(number << 3) | 2, ...varint(bytes.length), ...bytes]
    }),
  )
}

export function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...varint(bytes.length), ...bytes])
}

/** An `Open` frame (protocols/gate/SPEC.md) with its length prefix. */
export function openFrame(call: {
  protocol: string
  method: string
  location?: string
  streaming?: boolean
  payload?: Uint8Array
}): Uint8Array {
  const fields: Field[] = [
    [1, call.protocol],
    [2, call.method],
    [3, 30_000],
  ]
  if (call.payload) fields.push([5, call.payload])
  if (call.location) fields.push([6, call.location])
  if (call.streaming) fields.push([7, 1])
  return lengthPrefixed(message([1, message(...fields)]))
}

/** A stock libp2p node that knows nothing of Porchlight; with a key it speaks as that device. */
export function strangerNode(privateKey?: PrivateKey): Promise<Libp2p> {
  return createLibp2p({
    ...(privateKey ? { privateKey } : {}),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
    connectionMonitor: { enabled: false },
  })
}

/** What identify tells a stranger who dials. */
export async function identifyAsStranger(address: string): Promise<IdentifyResult> {
  const node = await strangerNode()
  try {
    const identified = new Promise<IdentifyResult>((resolve) =>
      node.addEventListener('peer:identify', (event) => resolve(event.detail), { once: true }),
    )
    await node.dial(multiaddr(address))
    return await identified
  } finally {
    await node.stop()
  }
}

export interface Answers {
  /** Each distinct answer, as hexadecimal text, and how many calls got it. `closed` is a stream that ended without an answer. */
  readonly counts: ReadonlyMap<string, number>
}

/**
 * Dials as a stranger and opens many calls, each on a stream of its own.
 *
 * @param address    multiaddr with `/p2p/`
 * @param count      calls in all
 * @param makeFrame  the bytes of the i-th call, length prefix included
 * @param privateKey  whose device to be; default nobody's
 */
export async function openAsStranger(
  address: string,
  count: number,
  makeFrame: (index: number) => Uint8Array,
  privateKey?: PrivateKey,
): Promise<Answers> {
  const node = await strangerNode(privateKey)
  const counts = new Map<string, number>()
  try {
    const connection = await node.dial(multiaddr(address))
    let next = 0
    const worker = async (): Promise<void> => {
      for (let index = next++; index < count; index = next++) {
        const answer = await openOnce(connection, makeFrame(index))
        counts.set(answer, (counts.get(answer) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: 32 }, worker))
    return { counts }
  } finally {
    await node.stop()
  }
}

async function openOnce(connection: Connection, frame: Uint8Array): Promise<string> {
  const stream = await connection.newStream(gateProtocol, { maxOutboundStreams: 1000 })
  const received: number[] = []
  const answered = new Promise<void>((resolve) => {
    stream.addEventListener('message', (event) => {
      received.push(...event.data.subarray())
      if (received.length > received[0]!) resolve()
    })
    stream.addEventListener('close', () => resolve())
    stream.addEventListener('remoteCloseWrite', () => resolve())
  })
  stream.send(frame)
  await answered
  if (stream.status === 'open') await stream.close().catch(() => {})
  if (stream.status === 'open') await new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
  return received.length === 0 ? 'closed' : Buffer.from(received).toString('hex')
}
