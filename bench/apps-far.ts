// One warm call after another, eight at a time, and the first of all, between two households with 50 ms between them, beside what the same line
// takes for 100 bytes there and back.
// Network namespaces: root. Run: node --conditions=@porchlight/source --experimental-transform-types bench/apps-far.ts [calls]; needs a build.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sourceFlags } from '../test/harness/source-flags.ts'
import { Home } from '../test/harness/home.ts'
import { Internet } from '../test/netlab/internet.ts'
import { protocol, room, TwoApps } from '../test/apps/two-apps.ts'
import type { TimedCalls } from './timed-calls.ts'

const calls = Number(process.argv[2] ?? 200)
const [roundTripMs, mostAddedMs, port] = [50, 3, 7070]

const echo = `require('node:net').createServer((socket) => socket.setNoDelay().on('data', (bytes) => socket.write(bytes))).listen(${port}, () => console.log('ready'))`
const pingPong = `
const socket = require('node:net').connect(Number(process.argv[1]), process.argv[2]).setNoDelay()
const tookMs = []
let fromMs
const ask = () => { fromMs = performance.now(); socket.write(Buffer.alloc(100)) }
socket.on('connect', ask).on('data', () => {
  tookMs.push(performance.now() - fromMs)
  if (tookMs.length < Number(process.argv[3])) return ask()
  console.log(tookMs.sort((a, b) => a - b)[tookMs.length >> 1])
  process.exit()
})`

using internet = await Internet.create({ homes: { ana: 'public', ben: 'public' }, roundTripMs })
const begin = (name: string): Promise<Home> => Home.start(name, { PORCHLIGHT_LISTEN: '/ip4/0.0.0.0/tcp/4242' }, internet.prefix(name))
await using two = await TwoApps.start(begin)

const echoing = internet.spawn('ben', [process.execPath, '-e', echo], { stdio: ['ignore', 'pipe', 'inherit'] })
await once(echoing.stdout!, 'data')
const line = (): number =>
  Number(internet.exec('ana', process.execPath, '-e', pingPong, String(port), internet.address('ben'), String(Math.ceil(calls / 2))))
async function through(file: string, ...args: readonly (string | number)[]): Promise<TimedCalls> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args.map(String), { execArgv: sourceFlags })
  const [result] = (await once(child, 'message')) as [TimedCalls]
  return result
}
const path = `/v1/contacts/ben/call${protocol}/echo?retry=true&location=${room}`
const http = (count: number, flying = 1, ahead = 0) =>
  through('apps-caller.ts', two.caller.socket, two.caller.token, path, count, flying, ahead)
const sdk = (count: number, flying = 1, ahead = 0) =>
  through('apps-sdk.ts', 'call', two.caller.socket, two.caller.token, count, flying, ahead)
/** Until the four processes have compiled what they run, and the daemons keep it (ADR 71). */
const warmCalls = 1500

const before = line()
// The first of all, in processes that have just begun.
const firstByHttp = await http(calls)
const byHttp = await http(calls, 1, warmCalls)
const serving = fork(fileURLToPath(new URL('apps-sdk.ts', import.meta.url)), ['serve', `${two.ben.dir}/run/api.sock`, two.serverToken], {
  execArgv: sourceFlags,
})
await once(serving, 'message')
const bySdk = await sdk(calls, 1, warmCalls)
const sdkAmongOthers = await sdk(calls * 8, 8)
const after = line()
serving.disconnect()
echoing.kill()
const raw = Math.min(before, after)
const added = (p50Ms: number): number => Number((p50Ms - raw).toFixed(2))
console.log(
  JSON.stringify({
    bench: 'apps-far',
    calls,
    lineP50Ms: [Number(before.toFixed(2)), Number(after.toFixed(2))],
    httpP50Ms: byHttp.p50Ms,
    sdkP50Ms: bySdk.p50Ms,
    firstHttpAddsMs: added(firstByHttp.p50Ms),
    httpAddsMs: added(byHttp.p50Ms),
    sdkAddsMs: added(bySdk.p50Ms),
    sdkAmongEightAddsMs: added(sdkAmongOthers.p50Ms),
    goalMs: mostAddedMs,
    failed: [firstByHttp, byHttp, bySdk, sdkAmongOthers].reduce((sum, { failed }) => sum + failed, 0),
  }),
)
