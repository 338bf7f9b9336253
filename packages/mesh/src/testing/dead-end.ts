import { createServer, type Server, type Socket } from 'node:net'

/** A place that takes connections and never says a word: as dead as an address that swallows packets, but on loopback. */
export interface DeadEnd {
  readonly address: string
  /** Sockets open there now. */
  readonly open: number
  /** Sockets opened there so far. */
  readonly dialled: number
  close(): void
}

export async function deadEnd(): Promise<DeadEnd> {
  const sockets = new Set<Socket>()
  let dialled = 0
  const server: Server = createServer((socket) => {
    dialled++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `/ip4/127.0.0.1/tcp/${(server.address() as { port: number }).port}`,
    get open() {
      return sockets.size
    },
    get dialled() {
      return dialled
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
