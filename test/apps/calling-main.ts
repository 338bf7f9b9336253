// An app that calls, to be killed: holds one call with an answer that never comes, and one subscription. Arguments: socket, token, query.
import { request } from 'node:http'
import { WebSocket } from 'ws'

const [socketPath = '', token = '', base = '', query = ''] = process.argv.slice(2)
const headers = { authorization: `Bearer ${token}` }
const held = request({ socketPath, method: 'POST', path: `${base}/hold${query}`, headers: { ...headers, 'content-length': 4 } })
held.on('error', () => {})
held.end('held')
const open = new WebSocket(`ws+unix:${socketPath}:${base}/count${query}&oneway=true`, { headers })
open.on('open', () => open.send(Buffer.from('0')))
open.on('message', (message: Buffer) => process.send?.({ counted: Number(message.toString()) }))
