import { limits } from '@porchlight/core'
import { isPublicHost } from '../paths/public-hosts.ts'

/** IANA's dynamic ports above those that Linux gives out by itself (32768–60999), so that little else is there. */
const [lowestPort, highestPort] = [61_000, 65_535]

/**
 * The local ports from which this node dials the internet, and nothing listens. A router maps each of them to one public address (when it
 * maps at all like that), so what one far side saw is where another can meet us.
 *
 * Node sets SO_REUSEADDR before it binds: any number of outgoing connections share a local port as long as nobody listens on it.
 */
export class PunchPorts {
  readonly #random: () => number
  readonly #isPublic: (host: string) => boolean
  readonly #ports: number[] = []
  readonly #portOf = new WeakMap<object, number>()

  /**
   * @param random    in [0, 1)
   * @param isPublic  to which hosts to dial from these ports
   */
  constructor(random: () => number, isPublic: (host: string) => boolean = isPublicHost) {
    this.#random = random
    this.#isPublic = isPublic
  }

  /** Whether an address is dialled from a punch port: a TCP port of a host of the internet. */
  areFor(address: string): boolean {
    const host = /^\/ip[46]\/([^/]+)\/tcp\/\d+(\/p2p\/[^/]+)?$/.exec(address)?.[1]
    return host !== undefined && this.#isPublic(host)
  }

  has(port: number | undefined): boolean {
    return port !== undefined && this.#ports.includes(port)
  }

  /** The punch port that a connection was dialled from. */
  portOf(connection: object): number | undefined {
    return this.#portOf.get(connection)
  }

  /** The port that dials prefer: as long as it is one and the same, observers can be compared. */
  get first(): number {
    return this.#at(0)
  }

  /**
   * Dials from the first port from which it works, and from one of the system's when it works from none.
   *
   * @param dial  rejects with Node's code when the local port was the reason
   */
  async dialFrom<Result extends object>(dial: (localPort: number | undefined) => Promise<Result>): Promise<Result> {
    for (let i = 0; i < limits.punchPorts; i++) {
      const port = this.#at(i)
      try {
        const connection = await dial(port)
        this.#portOf.set(connection, port)
        return connection
      } catch (error) {
        const code = codeOf(error)
        // Another program has the port to itself.
        if (code === 'EADDRINUSE') this.#ports.splice(this.#ports.indexOf(port), 1)
        // This pair of ends is in use, or was within the last minute (TIME_WAIT). To other hosts the port is as good as ever.
        else if (code !== 'EADDRNOTAVAIL') throw error
      }
    }
    return dial(undefined)
  }

  #at(index: number): number {
    while (this.#ports.length <= index) {
      let port = lowestPort + Math.floor(this.#random() * (highestPort - lowestPort + 1))
      while (this.#ports.includes(port)) port = port === highestPort ? lowestPort : port + 1
      this.#ports.push(port)
    }
    return this.#ports[index]!
  }
}

/** The code of Node or of the system that an error carries. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
