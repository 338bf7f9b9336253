import { identify, identifyPush } from '@libp2p/identify'
import type { Libp2p, PeerInfo } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { limits, PorchlightError } from '@porchlight/core'
import { createLibp2p } from 'libp2p'
import { AddressDialler, type DiallerComponents } from './paths/address-dialler.ts'
import { announceable, isOnInternet } from './paths/addresses.ts'
import { connectionGater } from './guards/gater.ts'
import { guardedNoise, guardedTcp, guardedYamux, Sockets, type Punching } from './guards/guarded-libp2p.ts'
import { lanDiscovery, type LanDiscovery } from './lan/lan-discovery.ts'
import type { MeshOptions } from './mesh.ts'
import { peersInMemory } from './guards/peers-in-memory.ts'
import { guardedDht, type GuardedDht } from './rendezvous/guarded-dht.ts'
import { guardedCircuits, type CircuitHooks } from './relay/circuit-transport.ts'
import { PunchPorts } from './punch/punch-ports.ts'
import { RawDials } from './punch/raw-dials.ts'

export interface Libp2pNode {
  readonly libp2p: Libp2p
  readonly sockets: Sockets
  readonly punching: Punching
  readonly lan: LanDiscovery | undefined
  readonly dialler: AddressDialler
  readonly dht: KadDHT
  /** Records of devices that libp2p has to remember however many strangers come. */
  readonly keptRecords: Set<string>
  readonly guarded: GuardedDht
}

export interface Circuits extends CircuitHooks {
  /** How many connections may be open before further ones are turned away. */
  readonly mostConnections: () => number
  /** Multiaddrs under which relays bring others to us, with `/p2p/` and our id. */
  readonly addresses: () => readonly string[]
}

/**
 * A libp2p node, not started, with nothing in it that we do not use: no search for relays, no AutoNAT, no DCUtR of libp2p's, no public bootstrap.
 *
 * @param found     called for each sighting of a device on the LAN
 * @param circuits  of the relays that carry for us
 */
export async function libp2pNode(options: MeshOptions, found: (peer: PeerInfo) => void, circuits: Circuits): Promise<Libp2pNode> {
  const sockets = new Sockets()
  const punching = { ports: new PunchPorts(options.random ?? Math.random, options.isPublic), dials: new RawDials() }
  const keptRecords = new Set<string>()
  const guarded = guardedDht({
    mode: options.dht ?? 'client',
    rules: options.recordRules,
    // Nodes may be met later, by an invite: whoever talks to the internet now counts as being there.
    isPublic: () =>
      isOnInternet([...libp2p.getMultiaddrs().map(String), ...(options.dhtBootstrap ?? [])]) ||
      libp2p.getConnections().some(({ remoteAddr }) => isOnInternet([remoteAddr.toString()])),
    now: options.now ?? Date.now,
  })
  const libp2p: Libp2p = await createLibp2p({
    start: false,
    privateKey: options.key,
    ...(options.datastore ? { datastore: peersInMemory(options.datastore, (record) => keptRecords.has(record)) } : {}),
    nodeInfo: { name: 'porchlight', version: '1', userAgent: 'porchlight' },
    addresses: {
      listen: [...options.listen],
      appendAnnounce: [...(options.announce ?? [])],
      announceFilter: (own) => announceable(own, circuits.addresses()),
    },
    transports: [guardedTcp(sockets, punching), guardedCircuits(circuits)],
    connectionEncrypters: [guardedNoise()],
    streamMuxers: [guardedYamux()],
    connectionGater: connectionGater(
      sockets,
      undefined,
      () => sockets.count > circuits.mostConnections(),
      (device) => circuits.strangers.admits(device),
    ),
    connectionManager: {
      // Ours is in the gater: it depends on whether this node is a relay.
      maxConnections: limits.relayConnections,
      maxParallelDials: limits.parallelDials,
      // Known addresses and sightings.
      maxPeerAddrsToDial: 2 * limits.addressesPerDevice,
      dialTimeout: limits.dialMs,
      addressDialTimeout: limits.addressDialMs,
      // Our own order: what worked last comes first.
      addressSorter: () => 0,
      // Both are bounded by our own guards, which know forwarders from attackers and drop the silent instead of refusing the new.
      inboundConnectionThreshold: Number.MAX_SAFE_INTEGER,
      maxIncomingPendingConnections: 4 * limits.connectionsPending,
      inboundUpgradeTimeout: limits.upgradeMs,
      inboundStreamProtocolNegotiationTimeout: limits.negotiationMs,
      outboundStreamProtocolNegotiationTimeout: limits.negotiationMs,
      // No dnsaddr: a peer's address must not make us ask a name server.
      resolvers: {},
    },
    // Ours asks only those that nothing was heard of: paths/liveness.ts.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping({ maxInboundStreams: limits.pingStreams, maxOutboundStreams: limits.pingStreams }),
      dht: guarded.service,
      dialler: (components: DiallerComponents) => new AddressDialler(components),
      ...(options.mdns ? { lan: lanDiscovery(found) } : {}),
    },
  })
  const { lan, dialler, dht } = libp2p.services as unknown as { lan?: LanDiscovery; dialler: AddressDialler; dht: KadDHT }
  return { libp2p, sockets, punching, lan, dialler, dht, keptRecords, guarded }
}

/** Starts listening. @throws `SETTING_INVALID` naming the address that cannot be listened on */
export async function startListening(libp2p: Libp2p, listen: readonly string[]): Promise<void> {
  try {
    await libp2p.start()
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    const taken = listen.filter((address) => text.includes(address))
    const why = /EADDRINUSE/.test(text)
      ? 'another program uses the port'
      : /EACCES/.test(text)
        ? 'this user may not use the port'
        : /EADDRNOTAVAIL/.test(text)
          ? 'this machine has no such address'
          : 'it does not work here'
    const port = /\/tcp\/(\d+)/.exec(taken[0] ?? '')?.[1]
    throw new PorchlightError(
      'SETTING_INVALID',
      `cannot listen on ${taken.join(', ') || listen.join(', ')}: ${why}${port === undefined ? '' : ` (port ${port})`}`,
      {
        reason: /EADDRINUSE/.test(text) ? 'port-taken' : 'listen-failed',
        cause,
      },
    )
  }
}
