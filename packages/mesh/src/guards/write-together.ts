import type { Socket } from 'node:net'
import { limits } from '@porchlight/core'

/**
 * Lets what is written to a socket in one round of the event loop leave by one system call. libp2p writes every frame by itself, and with many
 * small calls at once that was the dearest part of each. Bulk does not wait: from `limits.writeTogetherBytes` on it leaves at once.
 */
export function writeTogether(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  let isCorked = false
  let isScheduled = false
  const flush = (): void => {
    if (!isCorked) return
    isCorked = false
    socket.uncork()
  }
  socket.write = (...args: unknown[]) => {
    if (!isCorked) {
      isCorked = true
      socket.cork()
    }
    if (!isScheduled) {
      isScheduled = true
      setImmediate(() => {
        isScheduled = false
        flush()
      })
    }
    const hasRoom = write(...args)
    if (socket.writableLength >= limits.writeTogetherBytes) flush()
    return hasRoom
  }
}
