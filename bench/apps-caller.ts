// The calling app of bench/apps.ts, a process of its own. Arguments: socket, token, calls, in flight.
import { Agent, request } from 'node:http'

const [socketPath = '', token = '', path = '', callsText = '', inFlightText = ''] = process.argv.slice(2)
const [calls, inFlight] = [Number(callsText), Number(inFlightText)]
const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
const body = Buffer.alloc(100, 'x')
const headers = { authorization: `Bearer ${token}`, 'content-length': body.byteLength }
const post = (): Promise<{ statusCode: number; got: Buffer }> =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, agent, method: 'POST', path, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => void chunks.push(chunk))
      answer.on('end', () => resolve({ statusCode: answer.statusCode ?? 0, got: Buffer.concat(chunks) }))
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body)
  })
let begun = 0
let failed = 0
const said = new Set<string>()
const one = async (): Promise<void> => {
  while (begun < calls) {
    begun++
    const { statusCode, got } = await post()
    if (statusCode !== 200 || got.byteLength !== body.byteLength) {
      failed++
      said.add(got.toString().slice(0, 300))
    }
  }
}
const startMs = performance.now()
await Promise.all(Array.from({ length: inFlight }, one))
const seconds = (performance.now() - startMs) / 1000
agent.destroy()
for (const each of said) console.error(each)
const { user, system } = process.cpuUsage()
process.send?.({
  cpuMicros: Math.round((user + system) / calls),
  perSecond: Math.round(calls / seconds),
  failed,
  meanMs: Number(((seconds * 1000 * inFlight) / calls).toFixed(2)),
})
