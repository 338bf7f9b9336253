import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { asPorchlightError, limits, PorchlightError } from '@porchlight/core'
import type { ClientCall } from '@porchlight/wire'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Caller } from './app.ts'
import { callTargetOf } from './call-target.ts'
import { failureOf, MessageSocket } from './message-socket.ts'
import { requestOf, requireMayCall, type CallParts } from './unary-call.ts'

/** Both ends of a call hold messages of the same greatest size, and wait as long for whoever does not take the last of them. */
export const socketOptions = { maxPayload: limits.payloadLimitBytes, perMessageDeflate: false, closeTimeout: limits.appAnswerMs } as const

const server = new WebSocketServer({ noServer: true, clientTracking: false, ...socketOptions })

/**
 * Makes a request a WebSocket and runs one subscription or stream over it. The first message is the payload of the call.
 *
 * @throws what is wrong with the request, before it is a WebSocket; everything later is told over it
 */
export function upgradeCall(parts: CallParts, request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller): void {
  const target = callTargetOf(request.url ?? '')
  requireMayCall(caller, target)
  const { household } = parts.names.find(target.contact)
  const ending = new AbortController()
  const done = caller.kind === 'app' ? caller.app.begin('call', (error) => ending.abort(error)) : undefined
  socket.once('close', () => {
    ending.abort(new PorchlightError('CLOSED', 'the caller closed the WebSocket'))
    done?.()
  })
  server.handleUpgrade(request, socket, head, (open: WebSocket) => {
    const begin = (payload: Uint8Array): Promise<ClientCall> =>
      parts.link.call(
        household,
        { ...requestOf(target, payload), deadlineMs: target.deadlineMs ?? 0, streaming: !target.oneWay },
        { signal: ending.signal },
      )
    void runCall(new MessageSocket(open), begin)
  })
}

/** Runs a call to a contact over a socket, from its first message to the end. Never rejects. */
async function runCall(socket: MessageSocket, begin: (payload: Uint8Array) => Promise<ClientCall>): Promise<void> {
  let call: ClientCall | undefined
  try {
    call = await begin(await firstOf(socket))
    const giveUp = call
    void socket.closed.then(() => giveUp.abort())
    // Whichever side fails first ends the call; the other one ends with it.
    const up = sendUp(socket, call)
    up.catch((error: unknown) => giveUp.abort(asPorchlightError(error)))
    for await (const message of call.messages) await socket.send(message)
    const closing = await call.result()
    if (closing.byteLength > 0) {
      await socket.control({ closing: true })
      await socket.send(closing)
    }
    await socket.control({ end: true })
  } catch (error) {
    call?.abort()
    await socket.control(failureOf(asPorchlightError(error))).catch(() => {})
  }
  socket.close()
}

async function firstOf(socket: MessageSocket): Promise<Uint8Array> {
  const timer = setTimeout(() => socket.destroy(), limits.apiHeadersMs)
  try {
    const first = await socket.next()
    if (first === undefined) throw new PorchlightError('CLOSED', 'the WebSocket closed before the call began')
    if (!('message' in first)) throw new PorchlightError('BAD_REQUEST', 'a call begins with its payload', { reason: 'not-valid' })
    return first.message
  } finally {
    clearTimeout(timer)
  }
}

/** Sends on what the app sends, until it ends its side or goes. */
async function sendUp(socket: MessageSocket, call: ClientCall): Promise<void> {
  let isEnded = false
  for (;;) {
    const next = await socket.next()
    if (next === undefined) return
    if (isEnded) throw new PorchlightError('BAD_REQUEST', 'a message after the end', { reason: 'not-valid' })
    if ('message' in next) await call.send(next.message)
    else if (next.control.end === true) {
      isEnded = true
      await call.end()
    } else throw new PorchlightError('BAD_REQUEST', 'of an app only {"end":true} is known here', { reason: 'not-valid' })
  }
}
