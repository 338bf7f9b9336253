import { limits } from '@porchlight/core'
import { generateKey } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { libp2pNode } from './libp2p-node.ts'
import { noCircuits } from './testing/no-circuits.ts'

test('a connection is pinged twice a minute, and one ping may take twenty seconds behind bulk', async () => {
  const options = { key: await generateKey(), listen: [], mdns: false, gate: () => ({ allow: false as const }) }
  const { libp2p } = await libp2pNode(options, () => {}, noCircuits)
  const { components } = libp2p as unknown as { components: { connectionMonitor: object } }
  expect(components.connectionMonitor).toMatchObject({ pingIntervalMs: limits.pingEveryMs, timeout: { minTimeout: limits.pingTimeoutMs } })
})
