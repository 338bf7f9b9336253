import { isPublicHost, type Mesh, type Relaying } from '@porchlight/mesh'

/**
 * A node that carries for others has an address that they reach, so it holds a part of the address book for them too: from the word of its owner
 * that makes it a relay to the one that ends it.
 *
 * @param serves  whether it holds the address book anyhow
 */
export function relayThatServes(mesh: Pick<Mesh, 'relaying' | 'rendezvous'>, serves: boolean): Relaying {
  const { relaying, rendezvous } = mesh
  return {
    get isOn() {
      return relaying.isOn
    },
    start: async (rules) => {
      await relaying.start(rules)
      await rendezvous.setMode('server')
    },
    stop: async () => {
      await relaying.stop()
      if (!serves) await rendezvous.setMode('client')
    },
    review: () => relaying.review(),
    clients: () => relaying.clients(),
  }
}

const plain = /^(\/ip[46]\/([^/]+)\/tcp\/\d+)(\/p2p\/[^/]+)?$/

/**
 * Where others join the address book at this node: nowhere, unless it serves it. Those that were set by hand come first, then public ones that
 * contacts got through to; an address of this LAN is worth nothing to whom an invite goes, and an invite has room for few.
 *
 * @param announced  what was set by hand, with or without `/p2p/`
 */
export function placesOfServer(mesh: Pick<Mesh, 'addresses' | 'rendezvous'>, announced: readonly string[]): string[] {
  if (mesh.rendezvous.status().mode !== 'server') return []
  const byHand = new Set(announced.map((address) => plain.exec(address)?.[1]))
  // Untried ones are not among them.
  const told = mesh.addresses().flatMap((address) => {
    const [, where, host = ''] = plain.exec(address) ?? []
    return where === undefined ? [] : [{ address, isByHand: byHand.has(where), isPublic: isPublicHost(host) }]
  })
  const named = [...told.filter(({ isByHand }) => isByHand), ...told.filter(({ isByHand, isPublic }) => isPublic && !isByHand)]
  return named.map(({ address }) => address)
}
