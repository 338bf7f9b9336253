// Calls with one answer from app to app through two daemons over loopback, four processes in all: with the SDK at both ends, and with plain HTTP at
// both ends. Beside it, in the same run: HTTP from app to app, and raw libp2p streams from process to process.
// Run: node --conditions=@porchlight/source --experimental-transform-types bench/apps.ts [calls] [rounds]; needs a build.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sourceFlags } from '../test/harness/source-flags.ts'
import { protocol, room, rssOf, TwoApps } from '../test/apps/two-apps.ts'
import type { TimedCalls } from './timed-calls.ts'

const calls = Number(process.argv[2] ?? 20_000)
const rounds = Number(process.argv[3] ?? 3)
const inFlight = 64

const start = (file: string, ...args: readonly (string | number)[]) =>
  fork(fileURLToPath(new URL(file, import.meta.url)), args.map(String), { execArgv: sourceFlags })
async function told<T>(file: string, ...args: readonly (string | number)[]): Promise<T> {
  const child = start(file, ...args)
  const [result] = (await once(child, 'message')) as [T]
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return result
}
/** Ticks of 10 ms (proc(5), fields 14 and 15). */
const cpuMicros = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}
const byMedian = <T>(rows: readonly T[], value: (row: T) => number): T => rows.toSorted((a, b) => value(a) - value(b))[rows.length >> 1]!

interface Row extends TimedCalls {
  /** Microseconds of the processor for each call, by process. */
  readonly cpu: Readonly<Record<string, number>>
}

await using two = await TwoApps.start()
const path = `/v1/contacts/ben/call${protocol}/echo?retry=true&location=${room}`

async function measure(servingPid: number, count: number, call: () => Promise<TimedCalls>): Promise<Row> {
  const pids = { callingDaemon: two.ana.pid, servingDaemon: two.ben.pid, servingApp: servingPid }
  const before = Object.values(pids).map(cpuMicros)
  const result = await call()
  const each = Object.entries(pids).map(([name, pid], n) => [name, Math.round((cpuMicros(pid) - before[n]!) / count)] as const)
  const cpu = { callingApp: result.cpuMicros, ...Object.fromEntries(each) }
  return { ...result, cpu: { ...cpu, all: Object.values(cpu).reduce((sum, micros) => sum + micros, 0) } }
}
const httpAt = (flying: number, count: number) =>
  measure(two.serving.pid, count, () => told('apps-caller.ts', two.caller.socket, two.caller.token, path, count, flying))

const rows: Record<string, Row[]> = { http: [], httpOneByOne: [], appToApp: [], sdk: [], sdkOneByOne: [] }
await httpAt(inFlight, Math.ceil(calls / 4))
for (let round = 0; round < rounds; round++) {
  rows['http']?.push(await httpAt(inFlight, calls))
  rows['httpOneByOne']?.push(await httpAt(1, Math.ceil(calls / 10)))
  rows['appToApp']?.push(
    await measure(two.serving.pid, calls, () => told('apps-caller.ts', two.servingSocket, 'none', '/echo', calls, inFlight)),
  )
}
const streams = await told<{ warm: TimedCalls & { serving: number }; fresh: TimedCalls & { serving: number } }>(
  'apps-streams.ts',
  calls,
  inFlight,
)
// The same app takes the place of the one without the SDK.
const serving = start('apps-sdk.ts', 'serve', `${two.ben.dir}/run/api.sock`, two.serverToken)
await once(serving, 'message')
const sdkAt = (flying: number, count: number) =>
  measure(serving.pid!, count, () => told('apps-sdk.ts', 'call', two.caller.socket, two.caller.token, count, flying))
await sdkAt(inFlight, Math.ceil(calls / 4))
for (let round = 0; round < rounds; round++) {
  rows['sdk']?.push(await sdkAt(inFlight, calls))
  rows['sdkOneByOne']?.push(await sdkAt(1, Math.ceil(calls / 10)))
}
serving.disconnect()

const median = Object.fromEntries(Object.entries(rows).map(([name, all]) => [name, byMedian(all, ({ perSecond }) => perSecond)]))
for (const [name, row] of Object.entries({ ...median, streamsWarm: streams.warm, streamsFresh: streams.fresh }))
  console.log(name.padEnd(14), JSON.stringify(row))
const failed = Object.values(rows)
  .flat()
  .reduce((sum, row) => sum + row.failed, 0)
const perSecond = (name: string): number => median[name]?.perSecond ?? 0
console.log(
  JSON.stringify({
    bench: 'apps',
    calls,
    inFlight,
    sdkPerSecond: perSecond('sdk'),
    httpPerSecond: perSecond('http'),
    sdkOverWarmStreams: Number((perSecond('sdk') / streams.warm.perSecond).toFixed(2)),
    sdkOverFreshStreams: Number((perSecond('sdk') / streams.fresh.perSecond).toFixed(2)),
    sdkOverAppToApp: Number((perSecond('sdk') / perSecond('appToApp')).toFixed(2)),
    failed,
    rssMB: { calling: Math.round(rssOf(two.ana.pid) / 1e6), serving: Math.round(rssOf(two.ben.pid) / 1e6) },
  }),
)
