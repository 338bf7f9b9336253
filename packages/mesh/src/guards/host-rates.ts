import { limits } from '@porchlight/core'

const loopback = /^(::ffff:)?127\.|^::1$/

/** Whether connections from this host all look alike because something on this machine forwards them, so that no bound by host makes sense. */
export const isForwarder = (host: string): boolean => loopback.test(host)

/** How many connections each host makes in a second: a handshake costs a millisecond of work, for anybody. */
export class HostRates {
  readonly #now: () => number
  #sinceMs = -Infinity
  readonly #made = new Map<string, number>()

  /** @param now  milliseconds of any clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** @returns whether the host may make another one now; counted when it may */
  allows(host: string): boolean {
    const nowMs = this.#now()
    if (nowMs - this.#sinceMs >= 1000) {
      this.#made.clear()
      this.#sinceMs = nowMs
    }
    const made = this.#made.get(host) ?? 0
    if (made >= limits.dialsFromHostPerSecond) return false
    this.#made.set(host, made + 1)
    return true
  }
}
