// The calling app of bench/apps.ts without the SDK, a process of its own. Arguments: socket, token, path, calls, in flight, calls ahead.
import { Agent, request } from 'node:http'
import { timedCalls } from './timed-calls.ts'

const [socketPath = '', token = '', path = '', callsText = '', inFlightText = '', warmText = '0'] = process.argv.slice(2)
const [calls, inFlight] = [Number(callsText), Number(inFlightText)]
const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
const body = Buffer.alloc(100, 'x')
const headers = { authorization: `Bearer ${token}`, 'content-length': body.byteLength }
const post = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, agent, method: 'POST', path, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => void chunks.push(chunk))
      answer.on('end', () => {
        const got = Buffer.concat(chunks)
        if (answer.statusCode === 200 && got.byteLength === body.byteLength) resolve()
        else reject(new Error(`${answer.statusCode} ${got.toString().slice(0, 300)}`))
      })
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body)
  })
const result = await timedCalls(calls, inFlight, post, Number(warmText))
agent.destroy()
process.send?.(result)
