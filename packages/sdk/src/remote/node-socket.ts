import { isPorchlightError, appBounds as limits, PorchlightError } from '@porchlight/core'
import type { RawData, WebSocket } from 'ws'
import { controlOf, type CallSocket, type Control } from './call-socket.ts'
import { Unread } from './unread.ts'

/** Messages are as large as those of a call; compressing what is encrypted next costs more than it saves. */
export const socketOptions = { maxPayload: limits.payloadLimitBytes, perMessageDeflate: false } as const

/** Control messages and empty ones cost memory too. */
const unreadCount = 64

const closedError = (): PorchlightError => new PorchlightError('CLOSED', 'the connection ended')

/** A call over a WebSocket of Node. Whoever lags makes the other side wait. @param socket  open, or about to be */
export function nodeSocket(socket: WebSocket): CallSocket {
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>()
  let isOver = false
  const unread = new Unread(() => {
    if (!isOver) socket.resume()
  })
  socket.on('message', (data: RawData, isBinary: boolean) => {
    try {
      unread.push(isBinary ? { message: data as Buffer } : { control: controlOf((data as Buffer).toString()) })
    } catch (error) {
      unread.end(isPorchlightError(error) ? error : undefined)
      socket.terminate()
      return
    }
    // What one chunk of the connection held is here by now, however many messages that is.
    if (unread.bytes > limits.sdkUnreadBytes || unread.count > unreadCount) socket.pause()
  })
  socket.on('close', () => {
    isOver = true
    unread.end()
    onClosed()
  })
  // Every error of a WebSocket is followed by its end; of a message that is too long the reader is told.
  socket.on('error', (error: { code?: string }) => {
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
      unread.end(new PorchlightError('TOO_LARGE', `message of more than ${limits.payloadLimitBytes} bytes`))
  })
  const write = async (data: Uint8Array | string): Promise<void> => {
    if (isOver || socket.readyState !== socket.OPEN) throw closedError()
    const binary = typeof data !== 'string'
    if (socket.bufferedAmount < limits.sdkUnsentBytes) return socket.send(data, { binary })
    await new Promise<void>((resolve, reject) => {
      socket.send(data, { binary }, (error) => (error ? reject(closedError()) : resolve()))
    })
  }
  return {
    next: () => unread.next(),
    send: write,
    control: (control: Control) => write(JSON.stringify(control)),
    close: () => {
      // A socket that is made to wait would not hear the other side's goodbye.
      if (!isOver) socket.resume()
      socket.close(1000)
    },
    destroy: () => socket.terminate(),
    closed,
  }
}
