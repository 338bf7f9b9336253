// Bulk through the SDK's one object beside one raw libp2p stream with the same noise, yamux and window, and beside a bare gate call, over
// loopback between two processes; with "daemons" also between two apps through their two daemons, for which it needs a build.
// Run: node --conditions=@porchlight/source --experimental-transform-types bench/bulk/main.ts [MiB] [rounds] [raw,gate,sdk,daemons]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMesh } from '@porchlight/mesh'
import { createNode, embed } from '@porchlight/node'
import { generateKey } from '@porchlight/wire'
import { DaemonPair } from './daemon-pair.ts'
import type { Hello } from './far.ts'
import { bulk, rawNode, room } from './protocol.ts'
import { gateWay, rawWay, sdkWay, type Way } from './ways.ts'

const totalBytes = Number(process.argv[2] ?? 192) * 2 ** 20
const rounds = Number(process.argv[3] ?? 5)
const wanted = (process.argv[4] ?? 'raw,gate,sdk,daemons').split(',')

await using cleanup = new AsyncDisposableStack()
const daemons = wanted.includes('daemons') ? cleanup.use(await DaemonPair.start()) : undefined
const far = fork(fileURLToPath(new URL('far.ts', import.meta.url)), [JSON.stringify(daemons?.serving ?? null)], {
  execArgv: process.execArgv,
})
cleanup.defer(() => far.disconnect())
const [hello] = (await once(far, 'message')) as [Hello]
cleanup.defer(() => rm(hello.dir, { recursive: true, force: true }))

const raw = await rawNode([])
cleanup.defer(() => raw.stop())
const mesh = cleanup.use(await createMesh({ key: await generateKey(), listen: [], mdns: false, gate: () => ({ allow: false }) }))
const dir = await mkdtemp(join(tmpdir(), 'porchlight-bulk-'))
cleanup.defer(() => rm(dir, { recursive: true, force: true }))
const node = cleanup.use(await createNode({ dir, name: 'ana', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false }))
await node.acceptInvite(hello.invite, { petname: 'ben' })
const ana = cleanup.use(embed(node))
const asked = await ana.ask({ to: 'ben', protocol: bulk, location: room, why: 'to measure' })
await asked.granted({ signal: AbortSignal.timeout(30_000) })

const all: Record<string, Way | undefined> = {
  raw: rawWay(raw, hello),
  gate: gateWay(mesh, hello),
  sdk: sdkWay('SDK, embedded nodes', ana),
  daemons: daemons && sdkWay('SDK, two daemons', cleanup.use(await daemons.calling())),
}
const ways = wanted.map((name) => all[name]).filter((way) => way !== undefined)

/** User and system seconds that a process has used: ticks of 10 ms (proc(5), fields 14 and 15). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
const pids = { near: process.pid, far: far.pid!, ...daemons?.pids }

interface Run {
  /** 10^6 bytes a second. */
  readonly MBs: number
  /** Seconds of each process per GiB. */
  readonly cpu: Record<string, number>
}

async function timed(run: () => Promise<void>): Promise<Run> {
  const before = Object.entries(pids).map(([name, pid]) => [name, pid, cpuSeconds(pid)] as const)
  const fromMs = performance.now()
  await run()
  const MBs = totalBytes / 1e3 / (performance.now() - fromMs)
  return { MBs, cpu: Object.fromEntries(before.map(([name, pid, from]) => [name, ((cpuSeconds(pid) - from) * 2 ** 30) / totalBytes])) }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

for (const direction of ['put', 'get'] as const) {
  const runs = new Map(ways.map((way) => [way, [] as Run[]]))
  for (let round = 0; round <= rounds; round++) {
    // Each round begins with another way, so that none always comes after the same one.
    for (const at of ways.keys()) {
      const way = ways[(at + round) % ways.length]!
      const run = await timed(() => way[direction](totalBytes))
      if (round > 0) runs.get(way)?.push(run) // the first warms up
    }
  }
  process.stdout.write(`${direction === 'put' ? 'upload: the caller sends' : 'download: the serving side sends'}\n`)
  const base = median(runs.get(ways[0]!)!.map(({ MBs }) => MBs))
  for (const way of ways) {
    const of = runs.get(way)!
    const cpu = Object.keys(pids).map((name) => `${name} ${median(of.map((run) => run.cpu[name] ?? 0)).toFixed(1)}`)
    const MBs = median(of.map((run) => run.MBs))
    process.stdout.write(
      `  ${way.name.padEnd(20)} ${MBs.toFixed(0).padStart(4)} MB/s  ratio ${(MBs / base).toFixed(2)}  CPU s per GiB: ${cpu.join(', ')}\n`,
    )
  }
}
