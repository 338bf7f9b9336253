import { connect, createServer, type Socket } from 'node:net'

/** A router between two nodes that can forget what runs through it: nothing passes any more, and nobody is told. */
export interface PausableProxy {
  readonly address: string
  /** Connections made through it so far. */
  readonly made: number
  /** From now on what is open is dead, silently; new connections work. */
  forget(): void
  close(): void
}

/** @param to  `/ip4/127.0.0.1/tcp/PORT`, with or without more behind it */
export async function pausableProxy(to: string): Promise<PausableProxy> {
  const port = Number(/tcp\/(\d+)/.exec(to)![1])
  const sockets = new Set<Socket>()
  const pairs = new Set<[Socket, Socket]>()
  let made = 0
  const server = createServer({ allowHalfOpen: true }, (near) => {
    made++
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    for (const socket of pair) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    near.pipe(far)
    far.pipe(near)
    near.on('close', () => pairs.has(pair) && far.destroy())
    far.on('close', () => pairs.has(pair) && near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `/ip4/127.0.0.1/tcp/${(server.address() as { port: number }).port}`,
    get made() {
      return made
    },
    forget: () => {
      for (const pair of pairs) {
        const [near, far] = pair
        pairs.delete(pair)
        near.unpipe(far)
        far.unpipe(near)
        near.resume()
        far.resume()
      }
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
