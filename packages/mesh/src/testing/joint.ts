import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/**
 * Connects two who both dial it, so that both have dialled and nobody has listened, as after a simultaneous open. That itself needs two
 * machines: on loopback the first packet is refused before the second socket can exist. The real thing is in test/netlab.
 */
export class Joint {
  readonly #waiting: Socket[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server: Server

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket.on('error', () => {}))
      const other = this.#waiting.pop()
      if (!other) return void this.#waiting.push(socket)
      socket.pipe(other).on('close', () => socket.destroy())
      other.pipe(socket).on('close', () => other.destroy())
    })
  }

  /** @returns its multiaddr */
  async open(host = '127.0.0.1', port = 0): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(port, host, done))
    return `/ip${host.includes(':') ? 6 : 4}/${host}/tcp/${(this.#server.address() as AddressInfo).port}`
  }

  get dials(): number {
    return this.#sockets.size
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((done) => this.#server.close(done))
  }
}
