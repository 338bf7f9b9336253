// A process with a mesh whose gate refuses everyone for different reasons. Tells its address, and on request what it holds.
import { createMesh } from '@porchlight/mesh'
import { generateKey, type Gate } from '@porchlight/wire'

/** As a real gate does, it takes a different way to each refusal; the ways must not show. */
const reasons = new Map<string, number>()
const gate: Gate = (call) => {
  const reason = call.protocol === '/unknown/protocol/1' ? 'unknown' : call.location === 'secret' ? 'no-grant' : call.method
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  return { allow: false }
}

const mesh = await createMesh({ key: await generateKey(), listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, gate })
process.on('message', () => {
  globalThis.gc?.()
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles().length
  process.send?.({
    rssBytes: process.memoryUsage().rss,
    heapBytes: process.memoryUsage().heapUsed,
    externalBytes: process.memoryUsage().external,
    handles,
    connections: mesh.connections().length,
    reasons: Object.fromEntries(reasons),
  })
})
process.on('disconnect', () => process.exit())
process.send?.({ address: mesh.addresses()[0] })
