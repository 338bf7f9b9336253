import { generateKey } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { libp2pNode } from './libp2p-node.ts'
import { noCircuits } from './testing/no-circuits.ts'

test('libp2p asks nobody for a sign of life: liveness does, and only the silent', async () => {
  const options = { key: await generateKey(), listen: [], mdns: false, gate: () => ({ allow: false as const }) }
  const { libp2p } = await libp2pNode(options, () => {}, noCircuits)
  const { components } = libp2p as unknown as { components: { connectionMonitor: object } }
  expect(() => components.connectionMonitor).toThrow('connectionMonitor not set')
})
