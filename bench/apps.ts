// Calls with one answer from app to app through two daemons over loopback, four processes in all, beside plain HTTP from app to app.
// Run: node --conditions=@porchlight/source --experimental-transform-types bench/apps.ts [calls] [rounds]; needs a build.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sourceFlags } from '../test/harness/source-flags.ts'
import { protocol, room, rssOf, TwoApps } from '../test/apps/two-apps.ts'

const calls = Number(process.argv[2] ?? 20_000)
const rounds = Number(process.argv[3] ?? 3)
const caller = fileURLToPath(new URL('apps-caller.ts', import.meta.url))
type Result = { perSecond: number; failed: number; meanMs: number }

async function measure(...args: readonly (string | number)[]): Promise<Result> {
  const child = fork(caller, args.map(String), { execArgv: sourceFlags })
  const [result] = (await once(child, 'message')) as [Result]
  return result
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

await using two = await TwoApps.start()
const path = `/v1/contacts/ben/call${protocol}/echo?retry=true&location=${room}`
const through = (inFlight: number, count: number) => measure(two.caller.socket, two.caller.token, path, count, inFlight)
const plain = (inFlight: number, count: number) => measure(two.servingSocket, 'none', '/echo', count, inFlight)
await through(64, Math.ceil(calls / 4))
const cpuMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  // Ticks of 10 ms (proc(5), fields 14 and 15).
  return (Number(fields[11]) + Number(fields[12])) * 10
}
const cpu = () => ({ calling: cpuMs(two.ana.pid), serving: cpuMs(two.ben.pid), servingApp: cpuMs(two.serving.pid) })
const cpuMicros: Record<string, number>[] = []
const results: { name: string; runs: Result[] }[] = [
  { name: 'daemons64', runs: [] },
  { name: 'daemons1', runs: [] },
  { name: 'plain64', runs: [] },
]
for (let round = 0; round < rounds; round++) {
  const before = cpu()
  results[0]?.runs.push(await through(64, calls))
  const after = cpu()
  cpuMicros.push(
    Object.fromEntries(
      Object.entries(after).map(([name, ms]) => [name, Math.round(((ms - before[name as keyof typeof before]) * 1000) / calls)]),
    ),
  )
  results[1]?.runs.push(await through(1, Math.ceil(calls / 10)))
  results[2]?.runs.push(await plain(64, calls))
}
console.log(
  JSON.stringify({
    bench: 'apps',
    calls,
    ...Object.fromEntries(
      results.map(({ name, runs }) => [
        name,
        {
          perSecond: median(runs.map(({ perSecond }) => perSecond)),
          meanMs: median(runs.map(({ meanMs }) => meanMs)),
          failed: runs.reduce((sum, { failed }) => sum + failed, 0),
        },
      ]),
    ),
    cpuMicrosPerCall: cpuMicros.at(-1),
    rssMB: { calling: Math.round(rssOf(two.ana.pid) / 1e6), serving: Math.round(rssOf(two.ben.pid) / 1e6) },
  }),
)
