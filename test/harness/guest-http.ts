import { once } from 'node:events'
import { request, type IncomingMessage, type RequestOptions } from 'node:http'
import WebSocket from 'ws'

/** Options that reach a share at its gateway; Node does not resolve `*.localhost`, so the Host header carries the name. */
function at(url: string): { port: string; path: string; headers: { host: string } } {
  const { port, host, pathname, search } = new URL(url)
  return { port, path: pathname + search, headers: { host } }
}

/** Begins a GET through the gateway and resolves with the response, unread. */
export async function get(url: string): Promise<IncomingMessage> {
  const outgoing = request({ host: '127.0.0.1', ...at(url), agent: false } as RequestOptions)
  // A connection that is cut in mid-answer says so on the request as well as on the response; the response's word is the one tests read.
  outgoing.on('error', () => {})
  outgoing.end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return response
}

/** Opens a WebSocket through the gateway. */
export async function openSocket(url: string): Promise<WebSocket> {
  const { port, path, headers } = at(url)
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  await once(socket, 'open')
  return socket
}
