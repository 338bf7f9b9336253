// A relay with many homes that have places on it: RSS, CPU and MB/s carried, and whether 1,000 reconnects leave a place behind. Needs root: it
// runs in a network namespace of its own, where homes come from several addresses, as a relay takes 32 connections from one.
// Run: node --conditions=@porchlight/source --experimental-transform-types bench/relay-homes.ts [homes] [seconds of traffic] [reconnects]
import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { DeviceId } from '@porchlight/core'
import { createMesh, type Mesh } from '@porchlight/mesh'
import { generateKey } from '@porchlight/wire'

const [homes, trafficS, reconnects] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 60), Number(process.argv[4] ?? 1000)]
const self = fileURLToPath(import.meta.url)
const hosts = Array.from({ length: 16 }, (_, n) => `10.99.0.${n + 1}`)
const port = 4242
const perProcess = 50

interface Sample {
  readonly rssMB: number
  readonly cpuS: number
  readonly places: number
  readonly circuits: number
  readonly carriedMB: number
}

const node = async (listen: readonly string[]): Promise<Mesh> =>
  createMesh({
    key: await generateKey(),
    listen,
    mdns: false,
    gate: () => ({
      allow: true,
      household: undefined,
      scopes: new Set(),
      signal: new AbortController().signal,
      done: () => {},
      handler: async (call) => call.payload,
    }),
  })

/** Answers `sample` with what the relay uses and carries. */
async function relay(): Promise<void> {
  const mesh = await node([`/ip4/0.0.0.0/tcp/${port}`])
  let carriedBytes = 0
  await mesh.relaying.start({
    mayReserve: () => true,
    carry: () => ({
      signal: new AbortController().signal,
      charge: (sent, received) => void (carriedBytes += sent + received),
      done: () => {},
    }),
  })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    const clients = mesh.relaying.clients()
    const sample: Sample = {
      rssMB: Math.round(process.memoryUsage.rss() / 1e6),
      cpuS: (user + system) / 1e6,
      places: clients.length,
      circuits: clients.reduce((sum, { circuits }) => sum + circuits, 0),
      carriedMB: Math.round(carriedBytes / 1e6),
    }
    process.send?.(sample)
  })
  process.send?.(mesh.device)
}

/** Some homes; they call each other through the relay when told to, and reconnect when told to. */
async function someHomes(relayDevice: DeviceId, count: number): Promise<void> {
  const made: Mesh[] = []
  for (let n = 0; n < count; n++) {
    const mesh = await node([])
    const address = `/ip4/${hosts[(n + Number(process.env['OFFSET'])) % hosts.length]}/tcp/${port}`
    mesh.useRelays([{ device: relayDevice, addresses: [address] }])
    while (mesh.reservations()[0]?.state !== 'held') await wait(20)
    made.push(mesh)
  }
  const traffic = async (mesh: Mesh, untilMs: number): Promise<void> => {
    const other = made[(made.indexOf(mesh) + 1) % made.length]!
    mesh.keep(other.device, other.addresses())
    while (Date.now() < untilMs) {
      const call = await mesh
        .call(other.device, { protocol: '/bench/relay/1', method: 'echo', payload: new Uint8Array(64 * 1024) })
        .catch(() => undefined)
      await call?.result().catch(() => undefined)
    }
  }
  process.on('message', ({ untilMs, again }: { untilMs?: number; again?: number }) => {
    void (async () => {
      if (untilMs !== undefined) await Promise.all(made.slice(0, 8).map((mesh) => traffic(mesh, untilMs)))
      for (let n = 0; n < (again ?? 0); n++) {
        const mesh = made[n % made.length]!
        await mesh.closeConnections(relayDevice)
        while (mesh.reservations()[0]?.state !== 'held') await wait(5)
      }
      process.send?.('done')
    })()
  })
  process.send?.('ready')
}

async function main(): Promise<void> {
  for (const host of hosts) execFileSync('ip', ['address', 'add', `${host}/32`, 'dev', 'lo'])
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  const start = (role: string, env: Record<string, string> = {}): ChildProcess =>
    fork(self, process.argv.slice(2), { env: { ...process.env, ROLE: role, ...env } })
  const carrier = start('relay')
  const [device] = (await once(carrier, 'message')) as [string]
  const sample = async (what: string): Promise<Sample> => {
    carrier.send('sample')
    const [taken] = (await once(carrier, 'message')) as [Sample]
    console.log(`${what.padEnd(24)} ${JSON.stringify(taken)}`)
    return taken
  }
  await sample('alone')
  const children: ChildProcess[] = []
  for (let n = 0; n < homes; n += perProcess) {
    const child = start('homes', { RELAY: device, COUNT: String(Math.min(perProcess, homes - n)), OFFSET: String(n) })
    await once(child, 'message')
    children.push(child)
  }
  await sample(`${homes} places`)
  await wait(60_000)
  await sample('a minute later, idle')
  const from = await sample('before traffic')
  const all = (message: object) => Promise.all(children.map((child) => (child.send(message), once(child, 'message'))))
  await all({ untilMs: Date.now() + trafficS * 1000 })
  const to = await sample('after traffic')
  console.log(
    `carried ${((to.carriedMB - from.carriedMB) / trafficS).toFixed(1)} MB/s with ${((100 * (to.cpuS - from.cpuS)) / trafficS).toFixed(0)} % of one core`,
  )
  await all({ again: Math.ceil(reconnects / children.length) })
  const after = await sample(`${reconnects} reconnects`)
  for (const child of [...children, carrier]) child.kill()
  if (after.places !== homes) throw new Error(`${after.places} places for ${homes} homes`)
}

const role = process.env['ROLE']
if (role === 'relay') await relay()
else if (role === 'homes') await someHomes(process.env['RELAY'] as DeviceId, Number(process.env['COUNT']))
else if (process.env['IN_NAMESPACE'] === '1') await main()
else {
  const own = spawn('unshare', ['-n', process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, IN_NAMESPACE: '1' },
  })
  const [code] = (await once(own, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}
