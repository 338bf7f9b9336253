import { createHash } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import { memory } from '@libp2p/memory'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { limits, PorchlightError, deviceId } from '@porchlight/core'
import type { SigningKey } from '@porchlight/wire'
import { createLibp2p } from 'libp2p'
import { DhtRendezvous } from '../rendezvous/dht-rendezvous.ts'
import { guardedDht, type GuardedDht } from '../rendezvous/guarded-dht.ts'
import type { DhtMode, RecordRules } from '../rendezvous/rendezvous.ts'

/** A record for tests: its number in eight bytes, then its text; its key is the hash of the text up to the first blank. */
export function testRecord(seq: number, text: string): { key: Uint8Array; record: Uint8Array } {
  const record = new Uint8Array(8 + text.length)
  new DataView(record.buffer).setBigUint64(0, BigInt(seq))
  record.set(new TextEncoder().encode(text), 8)
  return { key: keyOf(text), record }
}

const keyOf = (text: string): Uint8Array => new Uint8Array(createHash('sha256').update(text.split(' ')[0]!).digest())

export const testRules: RecordRules = {
  check: (key, record) => {
    const text = new TextDecoder().decode(record.subarray(8))
    if (Buffer.compare(keyOf(text), key) !== 0) throw new PorchlightError('BAD_REQUEST', 'the record belongs under another key')
    return Number(new DataView(record.buffer, record.byteOffset).getBigUint64(0))
  },
}

export interface DhtNode {
  readonly libp2p: Libp2p
  readonly dht: KadDHT
  readonly guarded: GuardedDht
  readonly rendezvous: DhtRendezvous
  stop(): Promise<void>
}

export interface DhtNodeOptions {
  readonly mode?: DhtMode
  readonly rules?: RecordRules
  /** `memory` for hundreds of nodes in one process. */
  readonly transport?: 'tcp' | 'memory'
  readonly listen?: string
  /** Whose node it is; default nobody's before. */
  readonly key?: SigningKey
  readonly now?: () => number
}

let memoryAddresses = 0

/** libp2p with our DHT and nothing else of the mesh, small enough to have many of. */
export async function dhtNode({
  mode = 'server',
  rules = testRules,
  transport = 'tcp',
  listen,
  key,
  now = Date.now,
}: DhtNodeOptions = {}): Promise<DhtNode> {
  const guarded = guardedDht({ mode, rules, isPublic: () => false, now })
  const address = listen ?? (transport === 'tcp' ? '/ip4/127.0.0.1/tcp/0' : `/memory/${++memoryAddresses}`)
  const libp2p = (await createLibp2p({
    addresses: { listen: [address] },
    ...(key ? { privateKey: key } : {}),
    transports: [transport === 'tcp' ? tcp() : memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: {
      inboundConnectionThreshold: 10_000,
      maxConnections: 10_000,
      maxIncomingPendingConnections: 10_000,
      dialTimeout: limits.dhtRequestMs,
    },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping(), dht: guarded.service },
  })) as Libp2p
  const { dht } = libp2p.services as unknown as { dht: KadDHT }
  const rendezvous = new DhtRendezvous({ own: deviceId(libp2p.peerId.toString()), dht, guarded, log: () => {} })
  rendezvous.start()
  const stop = async (): Promise<void> => {
    rendezvous.stop()
    await libp2p.stop()
  }
  return { libp2p, dht, guarded, rendezvous, stop }
}

/** Waits until a node knows at least so many others. */
export async function knows(node: DhtNode, peers: number): Promise<void> {
  while (node.rendezvous.status().peers < peers) await new Promise((resolve) => setTimeout(resolve, 20))
}
