// A process with a mesh on one machine of a test LAN. Reads one line of JSON from its arguments, writes one line of JSON per event.
import { deviceId } from '@porchlight/core'
import { createMesh } from '@porchlight/mesh'
import { keyFromSeed } from '@porchlight/wire'

const { seed, keep, mdns } = JSON.parse(process.argv[2] ?? '{}') as { seed: number; keep?: string; mdns: boolean }
const mesh = await createMesh({
  key: await keyFromSeed(new Uint8Array(32).fill(seed)),
  listen: ['/ip4/0.0.0.0/tcp/4242'],
  mdns,
  gate: (call) => ({
    allow: true,
    household: undefined,
    scopes: new Set(),
    signal: new AbortController().signal,
    done: () => {},
    handler: async () => call.payload,
  }),
  log: (event, fields) => say({ event, ...fields }),
})
function say(what: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}
say({ event: 'started', device: mesh.device, addresses: mesh.addresses() })
if (keep !== undefined) {
  const device = deviceId(keep)
  mesh.keep(device, [])
  // A connection may be replaced without a gap, so the way is looked at, not the events.
  setInterval(() => void callOnce(), 250)
  let calling = false
  const callOnce = async (): Promise<void> => {
    if (calling || !mesh.isConnected(device)) return
    calling = true
    try {
      const call = await mesh.call(device, { protocol: '/test/echo/1', method: 'echo', payload: new Uint8Array([1]), deadlineMs: 2000 })
      await call.result()
      const newest = mesh.connections().toSorted((one, other) => other.sinceMs - one.sinceMs)[0]
      say({ event: 'called', via: newest?.remoteAddress })
    } catch (error) {
      say({ event: 'call-failed', error: String(error) })
    } finally {
      calling = false
    }
  }
}
process.on('SIGTERM', () => void mesh.stop().then(() => process.exit()))
