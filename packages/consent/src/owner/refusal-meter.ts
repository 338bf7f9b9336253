import { limits } from '@porchlight/core'

interface Window {
  startMs: number
  written: number
  suppressed: number
}

const minuteMs = 60_000
const everyone = ''

/** Decides which refusals are written to the log: a few a minute for each peer, and for all together. A flood must not fill the disk. */
export class RefusalMeter {
  readonly #windows = new Map<string, Window>()

  /**
   * Counts one refusal.
   *
   * @returns how many refusals of this peer were left out since its last entry, or undefined when this one is left out too
   */
  count(peer: string, nowMs: number): number | undefined {
    const own = this.#window(
      this.#windows.has(peer) || this.#windows.size < limits.refusalPeers || this.#makeRoom(nowMs) ? peer : everyone,
      nowMs,
    )
    const all = this.#window(everyone, nowMs)
    if (own.written >= limits.refusalEntriesPerMinute || all.written >= limits.refusalEntriesPerMinuteInAll) {
      own.suppressed += 1
      return undefined
    }
    const { suppressed } = own
    own.suppressed = 0
    own.written += 1
    if (all !== own) all.written += 1
    return suppressed
  }

  #window(peer: string, nowMs: number): Window {
    const known = this.#windows.get(peer)
    if (known && nowMs - known.startMs < minuteMs) return known
    const fresh = { startMs: nowMs, written: 0, suppressed: known?.suppressed ?? 0 }
    this.#windows.set(peer, fresh)
    return fresh
  }

  #makeRoom(nowMs: number): boolean {
    for (const [peer, { startMs }] of this.#windows) if (peer !== everyone && nowMs - startMs >= minuteMs) this.#windows.delete(peer)
    return this.#windows.size < limits.refusalPeers
  }
}
