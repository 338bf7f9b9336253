// The calling app of bench/apps.ts, a process of its own. Arguments: socket, token, calls, in flight.
import { Pool } from 'undici'

const [socketPath = '', token = '', path = '', callsText = '', inFlightText = ''] = process.argv.slice(2)
const [calls, inFlight] = [Number(callsText), Number(inFlightText)]
const pool = new Pool('http://localhost', { socketPath, connections: inFlight })
const body = Buffer.alloc(100, 'x')
const headers = { authorization: `Bearer ${token}` }
let begun = 0
let failed = 0
const said = new Set<string>()
const one = async (): Promise<void> => {
  while (begun < calls) {
    begun++
    const { statusCode, body: answer } = await pool.request({ method: 'POST', path, headers, body })
    const got = await answer.arrayBuffer()
    if (statusCode !== 200 || got.byteLength !== body.byteLength) {
      failed++
      said.add(Buffer.from(got).toString().slice(0, 300))
    }
  }
}
const startMs = performance.now()
await Promise.all(Array.from({ length: inFlight }, one))
const seconds = (performance.now() - startMs) / 1000
await pool.close()
for (const each of said) console.error(each)
const { user, system } = process.cpuUsage()
process.send?.({
  cpuMicros: Math.round((user + system) / calls),
  perSecond: Math.round(calls / seconds),
  failed,
  meanMs: Number(((seconds * 1000 * inFlight) / calls).toFixed(2)),
})
