import { asPorchlightError } from '@porchlight/core'
import type { Backend } from '../backend.ts'
import type { Servable } from '../porchlight.ts'
import { AppServer } from './app-server.ts'
import { successOf } from './problem.ts'
import type { Transport } from './transport.ts'

/** Failures that may be over in a moment. */
const passing = new Set<string>(['UNREACHABLE', 'CLOSED', 'BUSY', 'TIMEOUT', 'INTERNAL'])

/** What an app serves through a daemon: registered there, and again whenever a daemon that was away is found. */
export class AppServing implements AsyncDisposable {
  readonly #transport: Transport
  readonly #how: 'socket' | 'loopback'
  readonly #report: (error: unknown) => void
  readonly #registered = new Map<string, Servable>()
  #server: Promise<AppServer> | undefined

  /** @param report  told of a registration that a daemon does not take again */
  constructor(transport: Transport, how: 'socket' | 'loopback', report: (error: unknown) => void = (error) => console.error(error)) {
    this.#transport = transport
    this.#how = how
    this.#report = report
  }

  /** @returns a handle that takes the registration back @throws what the daemon says of it */
  async serve(
    protocol: Servable,
    handlers: Parameters<Backend['serve']>[1],
    { signal }: { signal?: AbortSignal },
  ): Promise<AsyncDisposable> {
    const server = await (this.#server ??= AppServer.open(this.#how))
    const added = server.add(protocol.id, handlers)
    try {
      await this.#put(protocol, server, signal)
    } catch (error) {
      added[Symbol.dispose]()
      throw error
    }
    this.#registered.set(protocol.id, protocol)
    return {
      [Symbol.asyncDispose]: async () => {
        this.#registered.delete(protocol.id)
        added[Symbol.dispose]()
        // A daemon that is away forgets nothing: it finds nobody there, and callers are told that the app is busy.
        await this.#transport.send({ method: 'DELETE', path: pathOf(protocol) }).then(
          (answer) => successOf(answer),
          () => {},
        )
      },
    }
  }

  /** Registers everything once more. @throws when the daemon is not there after all */
  async restore(): Promise<void> {
    const server = await this.#server
    if (!server) return
    for (const protocol of this.#registered.values()) {
      try {
        await this.#put(protocol, server)
      } catch (error) {
        if (passing.has(asPorchlightError(error).code)) throw error
        this.#report(error)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = await this.#server?.catch(() => undefined)
    await server?.[Symbol.asyncDispose]()
  }

  async #put(protocol: Servable, { target, secret }: AppServer, signal?: AbortSignal): Promise<void> {
    const { door, methods, reasons, manifest } = protocol
    const definition = {
      door,
      methods: Object.fromEntries(Object.entries(methods).map(([name, { kind, scope }]) => [name, { kind, scope }])),
      reasons,
    }
    const body = new TextEncoder().encode(JSON.stringify({ definition, manifest, target, secret }))
    const headers = { 'content-type': 'application/json' }
    await successOf(await this.#transport.send({ method: 'PUT', path: pathOf(protocol), headers, body, signal, repeatable: true }))
  }
}

const pathOf = ({ id }: Servable): string => `/v1/app/serves${id}`
