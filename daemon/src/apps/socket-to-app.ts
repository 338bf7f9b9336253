import { once } from 'node:events'
import { connect as connectTo } from 'node:net'
import { asPorchlightError, limits, PorchlightError } from '@porchlight/core'
import type { ServerCall } from '@porchlight/wire'
import { WebSocket } from 'ws'
import { failureOf, MessageSocket } from './message-socket.ts'
import type { ServingApp } from './serving-app.ts'
import { socketOptions } from './socket-call.ts'
import { errorOfApp, errorOfConnection } from './unary-to-app.ts'

/** Hands a subscription or stream to the app, over a WebSocket to `BASE/METHOD`: as in `socket-call.ts`, with the daemon as the caller. @throws what the caller is told */
export async function socketToApp(app: ServingApp, call: ServerCall): Promise<Uint8Array | undefined> {
  const socket = await connect(app, call)
  const onEnd = (): void => {
    // The app learns why: the far side, a deadline, or this household ended it.
    void socket.control(failureOf(asPorchlightError(call.signal.reason))).catch(() => {})
    socket.close()
  }
  const onAppEnd = (): void => socket.destroy()
  call.signal.addEventListener('abort', onEnd, { once: true })
  app.signal.addEventListener('abort', onAppEnd, { once: true })
  try {
    call.signal.throwIfAborted()
    app.signal.throwIfAborted()
    await socket.send(call.payload)
    // What the caller sends may end before the call does, or with it: the answer decides.
    void sendDown(socket, call).catch(() => {})
    return await answerOf(app, socket, call)
  } finally {
    call.signal.removeEventListener('abort', onEnd)
    app.signal.removeEventListener('abort', onAppEnd)
    socket.close()
    app.keepPlace(socket.closed)
  }
}

async function connect(app: ServingApp, call: ServerCall): Promise<MessageSocket> {
  const { target } = app.registration
  const path = `${app.base}/${call.method}`
  // Not as a `ws+unix:` address, in which a colon, a space or a percent sign of the path would mean another one.
  const place = 'socket' in target ? { createConnection: () => connectTo(target.socket) } : {}
  const open = new WebSocket(`ws://${'socket' in target ? 'app.localhost' : new URL(target.url).host}${path}`, {
    headers: app.headersOf(call),
    handshakeTimeout: limits.appConnectMs,
    ...place,
    ...socketOptions,
  })
  const socket = new MessageSocket(open)
  try {
    await once(open, 'open', { signal: call.signal })
    return socket
  } catch (error) {
    open.terminate()
    throw call.signal.aborted ? asPorchlightError(call.signal.reason) : errorOfConnection(app, error)
  }
}

async function sendDown(socket: MessageSocket, call: ServerCall): Promise<void> {
  for await (const message of call.messages) await socket.send(message)
  await socket.control({ end: true })
}

/** Sends the app's messages to the caller. @returns the closing one @throws what the app said instead */
async function answerOf(app: ServingApp, socket: MessageSocket, call: ServerCall): Promise<Uint8Array | undefined> {
  let isClosing = false
  let closing: Uint8Array | undefined
  for (;;) {
    const next = await socket.next()
    if (next === undefined) throw errorOfConnection(app, new PorchlightError('INTERNAL', 'the app went away during the call'))
    if ('message' in next) {
      if (isClosing) closing = next.message
      else await call.send(next.message)
    } else if (next.control.code !== undefined) throw errorOfApp(app, next.control)
    else if (next.control.closing === true) isClosing = true
    else if (next.control.end === true) return closing
  }
}
