import type { Libp2p } from '@libp2p/interface'
import { CODE_P2P } from '@multiformats/multiaddr'
import type { DeviceId } from '@porchlight/core'
import type { MeshLog } from './mesh.ts'
import { announceable } from './paths/addresses.ts'
import { isRelayed } from './paths/relayed.ts'

export interface OwnAddressesOptions {
  readonly device: DeviceId
  readonly libp2p: Pick<Libp2p, 'getMultiaddrs' | 'peerStore' | 'peerId'>
  /** Under which relays reach us, without our id. */
  readonly throughRelays: () => readonly string[]
  readonly log: MeshLog
}

/** Where others find this node. */
export class OwnAddresses {
  readonly #options: OwnAddressesOptions

  constructor(options: OwnAddressesOptions) {
    this.#options = options
  }

  /** All that others are told, with `/p2p/`. */
  all(): string[] {
    return this.#options.libp2p.getMultiaddrs().map(String)
  }

  /** Those that lead through no relay. */
  direct(): string[] {
    return announceable(this.#options.libp2p.getMultiaddrs().filter((address) => !isRelayed(address))).map(String)
  }

  /** Those that lead through relays, with `/p2p/`. */
  relayed(): string[] {
    return this.#options.throughRelays().map((address) => `${address}/p2p/${this.#options.device}`)
  }

  /** Tells the devices that are connected where we are now. */
  announce(): void {
    const { libp2p, log } = this.#options
    const own = libp2p.getMultiaddrs().map((address) => address.decapsulateCode(CODE_P2P))
    libp2p.peerStore
      .patch(libp2p.peerId, { multiaddrs: own })
      .catch((error: unknown) => log('mesh.identify-failed', { error: String(error) }))
  }
}
