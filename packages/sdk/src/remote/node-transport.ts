import { Agent, request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { appBounds as limits, isPorchlightError, PorchlightError } from '@porchlight/core'
import { WebSocket } from 'ws'
import { givenUp } from '../giving-up.ts'
import { nodeSocket, socketOptions } from './node-socket.ts'
import { errorOfProblem } from './problem.ts'
import type { ApiRequest, Transport } from './transport.ts'
import { wholeMessage } from './whole-message.ts'

/** Where a daemon listens: its Unix socket, or loopback. */
export type Place = { readonly socketPath: string } | { readonly host: string; readonly port: number }

/** Before anything was sent. */
const absent = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'EACCES', 'EAGAIN', 'EPERM'])

/** Of a kept connection: it was closed before the daemon saw the request, or it may have been. */
const stale = new Set(['ECONNRESET', 'EPIPE'])

const describe = (place: Place): string => ('socketPath' in place ? place.socketPath : `http://${place.host}:${place.port}`)

function errorOfConnection(place: Place, cause: unknown): PorchlightError {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code !== undefined && absent.has(code))
    return new PorchlightError('UNREACHABLE', `no daemon answers at ${describe(place)} (${code}): start it with porchlight start`, {
      reason: 'no-daemon',
      cause,
    })
  return new PorchlightError('CLOSED', `the daemon ended before it answered (${message})`, { cause })
}

/** The local API over Node's own HTTP client, with kept connections. @param token  sent with everything */
export function nodeTransport(place: Place, token: string | undefined): Transport {
  const agent = new Agent({ keepAlive: true, maxSockets: limits.sdkConnections, maxFreeSockets: limits.sdkConnections })
  const sockets = new Set<WebSocket>()
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }

  const once = ({ method, path, headers, body, signal }: ApiRequest, by: Agent | false = agent): Promise<IncomingMessage> => {
    if (signal?.aborted) return Promise.reject(givenUp(signal))
    return new Promise((resolve, reject) => {
      const length: Record<string, number> = method === 'GET' ? {} : { 'content-length': body?.byteLength ?? 0 }
      const sent = request({ ...place, agent: by, method, path, headers: { ...authorization, ...length, ...headers } })
      const onAbort = (): void => void sent.destroy(givenUp(signal!))
      signal?.addEventListener('abort', onAbort, { once: true })
      sent.once('close', () => signal?.removeEventListener('abort', onAbort))
      sent.once('response', resolve)
      sent.once('error', (error: NodeJS.ErrnoException) => {
        if (signal?.aborted) reject(givenUp(signal))
        else reject(Object.assign(errorOfConnection(place, error), { isStale: sent.reusedSocket && stale.has(error.code ?? '') }))
      })
      sent.end(body)
    })
  }

  return {
    send: async (asked) => {
      const answer = await once(asked).catch((error: PorchlightError & { isStale?: boolean }) => {
        // The kept connection was closed while the request was on its way: a daemon that restarted, most of the time. A new one says the truth.
        if (error.isStale === true && asked.repeatable === true) return once(asked, false)
        throw error
      })
      return {
        status: answer.statusCode ?? 0,
        body: bodyOf(answer, place, asked.signal),
        whole: (limitBytes) => wholeOf(answer, limitBytes, place, asked.signal),
      }
    },
    open: (path, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(givenUp(signal))
        const host =
          'socketPath' in place ? 'localhost' : place.host.includes(':') ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`
        // Not as a `ws+unix:` address, in which a colon, a space or a percent sign of the path would mean another one.
        const unix = 'socketPath' in place ? { createConnection: () => connect(place.socketPath) } : {}
        const options = { headers: authorization, handshakeTimeout: limits.apiHeadersMs, ...unix, ...socketOptions }
        const socket = new WebSocket(`ws://${host}${path}`, options)
        const ready = nodeSocket(socket)
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        const onAbort = (): void => socket.terminate()
        signal?.addEventListener('abort', onAbort, { once: true })
        const settled = (): void => signal?.removeEventListener('abort', onAbort)
        socket.once('unexpected-response', (_request, answer) => {
          settled()
          wholeMessage(answer, limits.sdkAnswerBytes)
            .then((body) => reject(errorOfProblem(answer.statusCode ?? 0, body)), reject)
            .finally(() => socket.terminate())
        })
        socket.once('error', (error) => {
          settled()
          reject(signal?.aborted ? givenUp(signal) : errorOfConnection(place, error))
        })
        socket.once('open', () => {
          settled()
          resolve(ready)
        })
      }),
    close: () => {
      agent.destroy()
      for (const socket of sockets) socket.terminate()
    },
  }
}

async function* bodyOf(answer: IncomingMessage, place: Place, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const onAbort = (): void => void answer.destroy()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    if (signal?.aborted) onAbort()
    yield* answer as AsyncIterable<Uint8Array>
  } catch (error) {
    throw signal?.aborted ? givenUp(signal) : errorOfConnection(place, error)
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
  if (signal?.aborted) throw givenUp(signal)
}

/** @throws as iterating `bodyOf` */
async function wholeOf(answer: IncomingMessage, limitBytes: number, place: Place, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    // An abort destroys the request, and the answer with it.
    const bytes = await wholeMessage(answer, limitBytes)
    if (!signal?.aborted) return bytes
  } catch (error) {
    answer.destroy()
    if (!signal?.aborted) throw isPorchlightError(error) ? error : errorOfConnection(place, error)
  }
  throw givenUp(signal)
}
