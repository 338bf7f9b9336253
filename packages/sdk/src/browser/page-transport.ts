import { isPorchlightError, PorchlightError } from '@porchlight/core'
import { givenUp } from '../giving-up.ts'
import type { CallSocket } from '../remote/call-socket.ts'
import type { Transport } from '../remote/transport.ts'
import { joined } from '../remote/joined.ts'
import { successOf } from '../remote/problem.ts'
import { pageSocket } from './page-socket.ts'

const noDaemon = (cause: unknown): PorchlightError =>
  new PorchlightError('UNREACHABLE', 'the daemon of this page does not answer', { reason: 'no-daemon', cause })

/** The local API as a page of the daemon reaches it: fetch and WebSocket, let in by the browser's cookie. @param origin such as `http://porchlight.localhost:4440` */
export function pageTransport(origin: string): Transport {
  const open = new Set<WebSocket>()
  const transport: Transport = {
    send: async ({ method, path, headers = {}, body, signal }) => {
      try {
        const init: RequestInit = {
          method,
          headers,
          signal: signal ?? null,
          credentials: 'same-origin',
          cache: 'no-store',
          redirect: 'error',
        }
        const answer = await fetch(origin + path, body === undefined ? init : { ...init, body: new Uint8Array(body) })
        const read = bodyOf(answer, signal)
        return { status: answer.status, body: read, whole: (limitBytes) => wholeOf(read, limitBytes) }
      } catch (error) {
        // A browser does not say whether anything was sent.
        throw signal?.aborted ? givenUp(signal) : noDaemon(error)
      }
    },
    open: (path, signal) =>
      new Promise<CallSocket>((resolve, reject) => {
        if (signal?.aborted) return reject(givenUp(signal))
        const socket = new WebSocket(origin.replace(/^http/, 'ws') + path)
        const ready = pageSocket(socket)
        open.add(socket)
        const onAbort = (): void => socket.close()
        signal?.addEventListener('abort', onAbort, { once: true })
        let isBegun = false
        const settled = (): void => signal?.removeEventListener('abort', onAbort)
        socket.addEventListener('open', () => {
          isBegun = true
          settled()
          resolve(ready)
        })
        socket.addEventListener('close', () => {
          open.delete(socket)
          if (isBegun) return
          settled()
          if (signal?.aborted) reject(givenUp(signal))
          else whyNotBegun(transport, path, signal).then(reject, reject)
        })
      }),
    close: () => {
      for (const socket of open) socket.close()
    },
  }
  return transport
}

/**
 * A browser keeps what was answered instead of a WebSocket to itself, so the same is asked once more as a request, which begins no call.
 *
 * @throws what the daemon says against this call
 */
async function whyNotBegun(transport: Transport, path: string, signal: AbortSignal | undefined): Promise<PorchlightError> {
  const nothingElse = (error: unknown): void => {
    if (!isPorchlightError(error) || error.reason !== 'unknown-path') throw error
  }
  await transport.send({ method: 'GET', path, signal }).then(successOf).catch(nothingElse)
  return new PorchlightError('BUSY', 'the daemon did not begin this call', { reason: 'refused' })
}

async function* bodyOf(answer: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader()
  try {
    for (;;) {
      const next = await reader?.read()
      if (next === undefined || next.done) return
      yield next.value
    }
  } catch (error) {
    throw signal?.aborted ? givenUp(signal) : new PorchlightError('CLOSED', 'the daemon ended before its answer did', { cause: error })
  } finally {
    await reader?.cancel().catch(() => {})
  }
}

async function wholeOf(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of body) {
    total += chunk.byteLength
    if (total > limitBytes) throw new PorchlightError('TOO_LARGE', `an answer of more than ${limitBytes} bytes`)
    chunks.push(chunk)
  }
  return joined(chunks, total)
}
