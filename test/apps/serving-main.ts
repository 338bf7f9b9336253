// An app as a household runs one: a plain HTTP server on a Unix socket, which registers itself with the daemon's API.
// Arguments: the daemon's socket, the app's own socket, its token. Tells its parent what it sees.
import { createServer, request } from 'node:http'
import { WebSocketServer } from 'ws'
import { registrationOf } from './registration-of.ts'

const [daemon = '', own = '', token = ''] = process.argv.slice(2)

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => void chunks.push(chunk))
  incoming.on('end', () => {
    const body = Buffer.concat(chunks)
    if (incoming.url === '/hold') {
      outgoing.once('close', () => process.send?.({ released: body.toString() }))
      return void process.send?.({ held: body.toString() })
    }
    if (incoming.url === '/record') process.send?.({ recorded: body.toString() })
    outgoing.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.byteLength })
    outgoing.end(body)
  })
})
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
server.on('upgrade', (incoming, socket, head) =>
  sockets.handleUpgrade(incoming, socket, head, (open) => {
    const path = incoming.url
    let n = 0
    open.on('error', () => {})
    open.once('message', (first: Buffer) => {
      process.send?.({ opened: path })
      open.once('close', () => process.send?.({ closed: path }))
      if (path === '/flood') return flood()
      // Counts up from what the caller has, ten a second.
      n = Number(first.toString())
      const timer = setInterval(() => open.send(Buffer.from(String(++n))), 100)
      open.once('close', () => clearInterval(timer))
    })
    const flood = (): void => {
      while (open.bufferedAmount < 1 << 20 && open.readyState === open.OPEN) open.send(Buffer.alloc(64 * 1024))
      if (open.readyState === open.OPEN) setTimeout(flood, 5)
    }
  }),
)
server.listen(own, () => {
  const asked = request({
    socketPath: daemon,
    method: 'PUT',
    path: '/v1/app/serves/example/bench/1',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  asked.on('response', (answer) => {
    answer.resume()
    if (answer.statusCode !== 200) throw new Error(`registering answered ${answer.statusCode}`)
    process.send?.({ ready: true })
  })
  const body = JSON.stringify(registrationOf('/example/bench/1', own))
  asked.setHeader('content-length', Buffer.byteLength(body))
  asked.end(body)
})
