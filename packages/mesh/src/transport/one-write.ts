import type { Socket } from 'node:net'
import type { Uint8ArrayList } from 'uint8arraylist'

/** The inner step of libp2p's TCP through which everything passes that is sent. */
export interface SendingConnection {
  sendData(data: Uint8ArrayList): { sentBytes: number; canSendMore: boolean }
}

/**
 * libp2p makes a system call for every piece of what it sends: for a length, a text, a tag. This sends them with one.
 *
 * What one call sends may be more than the socket's high-water mark and be gone at once all the same. Then there is nothing to wait for, and the
 * `drain` that Node emits afterwards concerns nobody: libp2p would wake every stream of the connection for it.
 */
export function sendWithOneWrite(socket: Socket, connection: SendingConnection): void {
  let isFull = false
  const drained = socket.listeners('drain')
  socket.removeAllListeners('drain')
  socket.on('drain', () => {
    if (!isFull) return
    isFull = false
    for (const listener of drained) listener.call(socket)
  })
  connection.sendData = (data) => {
    socket.cork()
    for (const piece of data) socket.write(piece)
    socket.uncork()
    isFull = socket.writableNeedDrain && socket.writableLength > 0
    return { sentBytes: data.byteLength, canSendMore: !isFull }
  }
}
