import type { Mesh, Relaying } from '@porchlight/mesh'

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

/** Where others join the address book at this node: nowhere, unless it serves it. */
export const placesOfServer = (mesh: Pick<Mesh, 'addresses' | 'rendezvous'>): string[] =>
  mesh.rendezvous.status().mode === 'server' ? mesh.addresses().filter((address) => !address.includes('/p2p-circuit')) : []
