import { isPorchlightError, appBounds as limits, PorchlightError } from '@porchlight/core'
import { controlOf, type CallSocket, type Control } from '../remote/call-socket.ts'
import { Unread } from '../remote/unread.ts'

/** How often it is looked whether what was sent has gone out: a browser does not tell. */
const drainPollMs = 10

/**
 * A call over a WebSocket of a browser. Such a socket cannot be made to wait, so what is not read in time ends the call.
 *
 * @param socket  open, or about to be
 */
export function pageSocket(socket: WebSocket): CallSocket {
  socket.binaryType = 'arraybuffer'
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>()
  const unread = new Unread()
  const fail = (error: PorchlightError): void => {
    unread.end(error)
    socket.close()
  }
  socket.addEventListener('message', ({ data }: { data: unknown }) => {
    try {
      if (typeof data === 'string') unread.push({ control: controlOf(data) })
      else unread.push({ message: new Uint8Array(data as ArrayBuffer) })
    } catch (error) {
      if (isPorchlightError(error)) fail(error)
      return
    }
    if (unread.bytes > limits.browserUnreadBytes)
      fail(new PorchlightError('BUSY', `more than ${limits.browserUnreadBytes} bytes unread`, { reason: 'slow-reader' }))
  })
  socket.addEventListener('close', () => {
    unread.end()
    onClosed()
  })
  const write = async (data: Uint8Array | string): Promise<void> => {
    if (socket.readyState !== WebSocket.OPEN) throw new PorchlightError('CLOSED', 'the connection ended')
    socket.send(typeof data === 'string' ? data : new Uint8Array(data))
    while (socket.bufferedAmount > limits.sdkUnsentBytes && socket.readyState === WebSocket.OPEN)
      await new Promise((resolve) => void setTimeout(resolve, drainPollMs))
  }
  return {
    next: () => unread.next(),
    send: write,
    control: (control: Control) => write(JSON.stringify(control)),
    close: () => socket.close(1000),
    // A browser has no other end for it.
    destroy: () => socket.close(1000),
    closed,
  }
}
