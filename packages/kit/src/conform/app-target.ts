import { randomBytes } from 'node:crypto'
import { limits, PorchlightError, type ErrorCode } from '@porchlight/core'
import WebSocket, { type RawData } from 'ws'
import type { Answer, Target, TargetCall } from './target.ts'

/** Codes that an app may answer; anything else is its fault (docs/api.md). */
const sayable = new Set(['APP', 'DENIED', 'BAD_REQUEST', 'BUSY', 'TIMEOUT', 'TOO_LARGE'])

interface Told {
  readonly code?: unknown
  readonly reason?: unknown
}

/** What a caller would be told of an app's problem. */
function errorOf({ code, reason }: Told): Pick<Answer, 'code' | 'reason'> {
  if (typeof code !== 'string' || !sayable.has(code)) return { code: 'INTERNAL' }
  return { code: code as ErrorCode, ...(code === 'APP' && typeof reason === 'string' ? { reason } : {}) }
}

function told(text: string): Told & { readonly end?: unknown; readonly closing?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Headers as a daemon sends them for a call of a contact named Ana. */
const headersOf = (call: TargetCall, secret: string): Record<string, string> => ({
  authorization: `Bearer ${secret}`,
  'porchlight-protocol': call.protocol,
  'porchlight-household': `b${'a'.repeat(52)}`,
  'porchlight-contact': 'Ana',
  'porchlight-device': '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5',
  'porchlight-location': encodeURIComponent(call.location),
  'porchlight-scopes': '',
  'porchlight-deadline-ms': String(call.deadlineMs ?? limits.conformAnswerMs),
})

/**
 * An app that serves a protocol by HTTP, as a daemon calls it: the runner takes the daemon's place, so that an app can be judged with nothing
 * else installed.
 *
 * @param base    URL under which the methods are, `http://127.0.0.1:PORT/base`
 * @param secret  which the app expects of its daemon; default one of its own
 * @param answerMs  how long the app may take for an answer
 * @throws        `BAD_REQUEST` when it is no HTTP URL
 */
export function appTarget(
  base: string,
  { secret = randomBytes(24).toString('base64url'), answerMs = limits.conformAnswerMs }: { secret?: string; answerMs?: number } = {},
): Target {
  if (!base.startsWith('http://')) throw new PorchlightError('BAD_REQUEST', 'an app is reached by an http:// URL', { reason: 'target' })
  const url = base.replace(/\/$/, '')
  return {
    name: base,
    roles: new Set(['contact']),
    call: async (_role, call) => {
      const startedMs = performance.now()
      const isLong = call.kind === 'stream' || call.kind === 'subscription'
      const answer = await (isLong ? bySocket : byPost)(url, call, { secret, answerMs })
      return { payload: new Uint8Array(), messages: [], ...answer, tookMs: performance.now() - startedMs }
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

interface Terms {
  readonly secret: string
  readonly answerMs: number
}

type Outcome = Partial<Answer> & Pick<Answer, 'code'>

async function byPost(url: string, call: TargetCall, { secret, answerMs }: Terms): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/${call.method}`, {
      method: 'POST',
      headers: { ...headersOf(call, secret), 'content-type': 'application/octet-stream' },
      body: Buffer.from(call.payload),
      signal: AbortSignal.timeout(answerMs),
      // As a daemon: an app that sends it elsewhere has not answered.
      redirect: 'manual',
    })
    const body = await bodyOf(response)
    if (body === undefined) return { code: 'INTERNAL' }
    return response.status === 200 ? { code: 'OK', payload: body } : errorOf(told(new TextDecoder().decode(body)))
  } catch (error) {
    return { code: error instanceof Error && error.name === 'TimeoutError' ? 'TIMEOUT' : 'CLOSED' }
  }
}

/** @returns `undefined` for one that has no end */
async function bodyOf({ body }: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > limits.conformAnswerBytes) return undefined
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function bySocket(url: string, call: TargetCall, { secret, answerMs }: Terms): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/${call.method}`, {
      headers: headersOf(call, secret),
      maxPayload: limits.conformAnswerBytes,
      perMessageDeflate: false,
      handshakeTimeout: answerMs,
    })
    const messages: Uint8Array[] = []
    let closing: Uint8Array | undefined
    let isClosing = false
    let bytesSeen = 0
    const end = (outcome: Outcome): void => {
      clearTimeout(timer)
      socket.terminate()
      resolve({ messages, ...outcome })
    }
    const timer = setTimeout(() => end({ code: 'TIMEOUT' }), answerMs)
    socket.on('open', () => {
      for (const message of [call.payload, ...call.messages]) socket.send(message, { binary: true })
      if (call.kind === 'stream') socket.send('{"end":true}')
    })
    socket.on('message', (data: RawData, isBinary: boolean) => {
      const bytes = new Uint8Array(Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer))
      bytesSeen += bytes.byteLength
      if (bytesSeen > limits.conformAnswerBytes) end({ code: 'INTERNAL' })
      else if (isBinary && isClosing) closing = bytes
      else if (isBinary) messages.push(bytes)
      else {
        const control = told(new TextDecoder().decode(bytes))
        if (control.closing === true) isClosing = true
        else if (control.end === true) end({ code: 'OK', ...(closing && { payload: closing }) })
        else end(errorOf(control))
      }
    })
    socket.on('close', () => end({ code: 'CLOSED' }))
    socket.on('error', () => end({ code: 'CLOSED' }))
    socket.on('unexpected-response', () => end({ code: 'INTERNAL' }))
  })
}
