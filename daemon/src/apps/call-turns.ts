import { limits, PorchlightError } from '@porchlight/core'

/** Calls with one answer on their way to one contact: so many at once, the others in the order in which they came. How many may wait is the callers' bound. */
export class CallTurns {
  readonly #most: number
  readonly #running = new Map<string, number>()
  readonly #waiting = new Map<string, Set<() => void>>()

  constructor(most: number = limits.appCallsPerContact) {
    this.#most = most
  }

  /**
   * @returns to be called once when the call is over
   * @throws the reason of `signal`, or `TIMEOUT` when its turn does not come within `deadlineMs`
   */
  async take(contact: string, deadlineMs: number, signal: AbortSignal): Promise<() => void> {
    const running = this.#running.get(contact) ?? 0
    if (running >= this.#most) await this.#turn(contact, deadlineMs, signal)
    else this.#running.set(contact, running + 1)
    return () => this.#pass(contact)
  }

  /** Whoever waits longest takes the place; only without anybody is it free. */
  #pass(contact: string): void {
    const next = this.#waiting.get(contact)?.values().next().value
    if (next) return next()
    const running = (this.#running.get(contact) ?? 1) - 1
    if (running === 0) this.#running.delete(contact)
    else this.#running.set(contact, running)
  }

  #turn(contact: string, deadlineMs: number, signal: AbortSignal): Promise<void> {
    const queue = this.#waiting.get(contact) ?? new Set()
    this.#waiting.set(contact, queue)
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.delete(go)
        if (queue.size === 0) this.#waiting.delete(contact)
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
      }
      const go = (): void => {
        leave()
        resolve()
      }
      const giveUp = (): void => {
        leave()
        reject(signal.reason as Error)
      }
      const timer = setTimeout(() => {
        leave()
        reject(new PorchlightError('TIMEOUT', `no room for the call within ${deadlineMs} ms`))
      }, deadlineMs)
      signal.addEventListener('abort', giveUp, { once: true })
      queue.add(go)
    })
  }
}
