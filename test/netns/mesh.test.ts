import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../harness/home.ts'
import { MeshNode } from '../harness/mesh-node.ts'
import { createLan, type Lan } from './lan.ts'

let lan: Lan
const nodes: MeshNode[] = []
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.end()))
  lan[Symbol.dispose]()
})

async function start(machine: string, seed: number, mdns: boolean): Promise<MeshNode> {
  const node = await MeshNode.start((command) => lan.spawn(machine, command, { stdio: ['pipe', 'pipe', 'inherit'] }), {
    seed,
    mdns,
    listen: ['/ip4/0.0.0.0/tcp/4242'],
  })
  nodes.push(node)
  return node
}

/** Waits until a call to the other is answered over a connection to that address. @returns the address it had */
const answersAt = (node: MeshNode, other: string, address: string): Promise<string> =>
  waitFor(
    `an answer from ${address}`,
    async () => {
      const way = await node.call(other, 2000).then(
        (call) => call.way,
        () => undefined,
      )
      return way?.remoteAddress.includes(address) && way.remoteAddress
    },
    60_000,
  )

test('two on a LAN find each other by mDNS, and again after both changed their addresses', async () => {
  lan = createLan({ ana: '10.77.0.10/24', ben: '10.77.0.20/24' })
  const [ana, ben] = [await start('ana', 1, true), await start('ben', 2, true)]
  const both = (anas: string, bens: string): Promise<string[]> =>
    Promise.all([answersAt(ana, ben.device, bens), answersAt(ben, ana.device, anas)])
  await Promise.all([ana.keep(ben.device, []), ben.keep(ana.device, [])])
  const from = performance.now()
  await both('10.77.0.10', '10.77.0.20')
  const firstSeconds = (performance.now() - from) / 1000
  lan.setAddress('ana', '10.77.0.110/24')
  lan.setAddress('ben', '10.77.0.120/24')
  const changed = performance.now()
  const [over] = await both('10.77.0.110', '10.77.0.120')
  const againSeconds = (performance.now() - changed) / 1000
  console.log(`found each other in ${firstSeconds.toFixed(1)} s; after both changed address in ${againSeconds.toFixed(1)} s, over ${over}`)
})

test('a mesh without mDNS sends no packet; with mDNS only to the multicast group', async () => {
  lan = createLan({ quiet: '10.77.0.10/24', asking: '10.77.0.20/24' })
  await Promise.all([start('quiet', 1, false), start('asking', 2, true)])
  await new Promise((resolve) => setTimeout(resolve, 15_000))
  expect(lan.sent('quiet')).toEqual({ multicast: 0, other: 0 })
  const { multicast, other } = lan.sent('asking')
  expect(other).toBe(0)
  expect(multicast).toBeGreaterThan(0)
  console.log(`in 15 s: ${multicast} packets to the multicast group with mDNS on, none with it off`)
})
