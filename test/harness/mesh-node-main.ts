// A process with one mesh node, for tests in which each node has a machine of its own. Its settings are one line of JSON in its argument;
// then it takes requests, one a line: {id, method, params}, answers {id, result} or {id, error}, and tells events {event, ...}.
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { DeviceId } from '@porchlight/core'
import { createMesh, type KnownRelay, type MeshConnection } from '@porchlight/mesh'
import { keyFromSeed } from '@porchlight/wire'
import type { Meeting, MeshNodeSettings } from './mesh-node.ts'

const settings = JSON.parse(process.argv[2] ?? '{}') as MeshNodeSettings
const say = (what: Record<string, unknown>): void => void process.stdout.write(`${JSON.stringify(what)}\n`)
const mesh = await createMesh({
  key: await keyFromSeed(new Uint8Array(32).fill(settings.seed)),
  listen: settings.listen,
  mdns: settings.mdns ?? false,
  ...(settings.announce ? { announce: settings.announce } : {}),
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
if (settings.isRelay) {
  const lease = { signal: new AbortController().signal, done: () => {} }
  await mesh.relaying.start({ mayReserve: () => true, carry: () => lease })
}

/** The way that new calls to a device take. */
const wayTo = (device: DeviceId): MeshConnection | undefined => mesh.connections().find((each) => each.device === device && each.best)

async function call(device: DeviceId, deadlineMs = 20_000): Promise<{ ms: number; way: MeshConnection | undefined }> {
  const from = performance.now()
  const begun = await mesh.call(device, {
    protocol: settings.protocol ?? '/test/echo/1',
    method: 'echo',
    payload: new Uint8Array([1]),
    deadlineMs,
  })
  await begun.result()
  return { ms: performance.now() - from, way: wayTo(device) }
}

/** Cold start of the dialling of a device that nothing was known of: first answer, and then the wait for a direct way. */
async function meet({ device, addresses, mostMs }: { device: DeviceId; addresses: string[]; mostMs: number }): Promise<Meeting> {
  const from = performance.now()
  mesh.keep(device, addresses)
  const first = await call(device)
  const firstByteMs = performance.now() - from
  while (wayTo(device)?.relayed !== false && performance.now() - from < mostMs) await wait(5)
  const directMs = wayTo(device)?.relayed === false ? performance.now() - from : undefined
  const later = await call(device)
  return { firstByteMs, first: first.way, directMs, laterMs: later.ms, later: later.way }
}

/** What is alive, in bytes, once everything that is not has been collected: the resident memory says little, as V8 keeps pages it once had. */
async function liveBytes(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // What a finalizer lets go of is gone a turn later.
  for (let n = 0; n < 5; n++) {
    collect()
    await wait(20)
  }
  return process.memoryUsage().heapUsed
}

const methods = {
  keep: ({ device, addresses }: { device: DeviceId; addresses: string[] }) => mesh.keep(device, addresses),
  useRelays: ({ relays }: { relays: KnownRelay[] }) => mesh.useRelays(relays),
  closeConnections: ({ device }: { device: DeviceId }) => mesh.closeConnections(device),
  call: ({ device, deadlineMs }: { device: DeviceId; deadlineMs: number }) => call(device, deadlineMs),
  meet,
  publicAddresses: () => mesh.reach.publicAddresses().map(({ address }) => address),
  probe: ({ device, address }: { device: DeviceId; address: string }) => mesh.reach.probe(device, address, AbortSignal.timeout(5000)),
  settle: ({ address, answered }: { address: string; answered: boolean }) => mesh.reach.settle(address, answered),
  liveBytes,
  look: () => ({
    addresses: mesh.addresses(),
    connections: mesh.connections(),
    reservations: mesh.reservations(),
    clients: mesh.relaying.isOn ? mesh.relaying.clients() : [],
    rssBytes: process.memoryUsage.rss(),
  }),
} as Record<string, (params: never) => unknown>

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line) as { id: number; method: string; params: never }
  Promise.resolve()
    .then(() => methods[method]!(params))
    .then(
      (result) => say({ id, result: result ?? null }),
      (error: unknown) => say({ id, error: String(error) }),
    )
})
process.on('SIGTERM', () => void mesh.stop().then(() => process.exit()))
say({ event: 'started', device: mesh.device })
