import { createHash } from 'node:crypto'
import { generateKey, type SigningKey } from '@porchlight/wire'
import { dhtKey } from '../packages/mesh/src/rendezvous/guarded-dht.ts'
import { dhtNode, type DhtNode } from '../packages/mesh/src/testing/dht-node.ts'

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
const sharedBits = (one: Uint8Array, other: Uint8Array): number => {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return 8 * at + Math.clz32(one[at]! ^ other[at]!) - 24
  return 8 * one.length
}

/** A key whose device is closer to a place in the DHT than nodes by chance are. */
async function keyNear(place: Uint8Array, bits: number): Promise<SigningKey> {
  for (;;) {
    const key = await generateKey()
    if (sharedBits(sha256(key.publicKey.toMultihash().bytes), place) >= bits) return key
  }
}

export interface Sybils {
  readonly count: number
  /** `silent` ones take a record and never show it; `replaying` ones show an older one. */
  readonly kind: 'silent' | 'replaying'
  readonly older: Uint8Array
  readonly transport: 'tcp' | 'memory'
  /** Honest nodes to join at. */
  readonly nodes: readonly DhtNode[]
}

/** Nodes of one attacker around one key, closer to it than all honest ones. */
export async function sybilsAround(key: Uint8Array, { count, kind, older, transport, nodes }: Sybils): Promise<DhtNode[]> {
  const whole = dhtKey(key)
  const bits = Math.ceil(Math.log2(nodes.length)) + 2
  const sybils: DhtNode[] = []
  for (let i = 0; i < count; i++) {
    const sybil = await dhtNode({ transport, key: await keyNear(sha256(whole), bits), rules: { check: () => 1 } })
    const { shelf } = sybil.guarded
    // Everything is taken, and of this key nothing or the older one is shown.
    let kept: { name: string; bytes: Uint8Array } | undefined
    shelf.put = (name, bytes) => void (kept ??= { name, bytes })
    shelf.get = (name) => (kind === 'replaying' && name === kept?.name ? kept.bytes : undefined)
    sybils.push(sybil)
    await sybil.libp2p.dial(nodes[i % nodes.length]!.libp2p.getMultiaddrs()).catch(() => {})
  }
  if (kind === 'replaying')
    for (const sybil of sybils)
      await sybil.guarded.own('sybil', 1, () => first(sybil.dht.put(whole, older, { signal: AbortSignal.abort() })))
  return sybils
}

async function first(events: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of events) return
  } catch {
    // The record is held before anybody is asked.
  }
}
