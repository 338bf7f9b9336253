import type { Socket } from 'node:net'
import type { App } from './app.ts'

/** Which app a connection to the local API is of: each has so many and no more, and all of them end when it is revoked. */
export class AppConnections {
  readonly #of = new WeakMap<Socket, { app: App; done: () => void }>()

  /** Called for every request. @throws `BUSY` when this is one connection too many */
  count(socket: Socket, app: App): void {
    const known = this.#of.get(socket)
    if (known?.app === app) return
    const done = app.begin('connection', () => socket.destroy())
    if (!known) {
      this.#of.set(socket, { app, done })
      socket.once('close', () => this.#of.get(socket)?.done())
      return
    }
    // Somebody who carries requests of several apps over one connection: it counts for the latest.
    known.done()
    this.#of.set(socket, { app, done })
  }
}
