import type { Multiaddr } from '@multiformats/multiaddr'
import { limits, PorchlightError } from '@porchlight/core'
import type { DialTurns } from './dial-turns.ts'
import { isRelayed } from './relayed.ts'

export interface DialRaceOptions<T> {
  /** Dials one address until the far side has proved who it is; leaves nothing behind when `signal` aborts. */
  readonly dial: (address: Multiaddr, signal: AbortSignal) => Promise<T>
  readonly turns: DialTurns
  readonly signal: AbortSignal
}

/**
 * Dials addresses as RFC 8305 does: each `limits.dialStaggerMs` after the one before it, or at once when that one has failed, and none waits
 * for another to fail. The first that works is the answer. A direct one ends all other dials; a relayed one only those through other
 * relays, as a direct path may be a moment slower and is better.
 *
 * @param addresses  in the order to be tried; all of one device
 * @returns          what the first dial gave; later direct ones show as further connections
 * @throws           `UNREACHABLE` with all failures as its cause, or the reason of `signal`
 * @see              RFC 8305, section 5
 */
export async function dialRace<T>(addresses: readonly Multiaddr[], { dial, turns, signal }: DialRaceOptions<T>): Promise<T> {
  const won = Promise.withResolvers<T>()
  const overall = new AbortController()
  const relayed = new AbortController()
  const failures: unknown[] = []
  const under: Promise<void>[] = []
  let [settled, wakeNext] = [false, (): void => {}]

  const attempt = async (address: Multiaddr, end: () => void): Promise<void> => {
    const viaRelay = isRelayed(address)
    const over = viaRelay ? [overall.signal, relayed.signal] : [overall.signal]
    const leash = leashed(over, viaRelay ? limits.relayedDialMs : limits.addressDialMs)
    try {
      const made = await dial(address, leash.signal)
      leash.release()
      settled = true
      won.resolve(made)
      if (!viaRelay) overall.abort(lost())
      else relayed.abort(lost())
    } catch (error) {
      leash.release()
      failures.push(error)
    } finally {
      end()
      wakeNext()
    }
  }

  const run = async (): Promise<void> => {
    try {
      for (const address of addresses) {
        if (relayed.signal.aborted && isRelayed(address)) continue
        const end = await turns.take({ signal: overall.signal })
        if (overall.signal.aborted) return end()
        under.push(attempt(address, end))
        await new Promise<void>((next) => {
          const timer = setTimeout(next, limits.dialStaggerMs)
          wakeNext = () => (clearTimeout(timer), next())
        })
        if (overall.signal.aborted) return
      }
    } finally {
      await Promise.all(under)
    }
  }

  const giveUp = (): void => overall.abort(signal.reason)
  signal.throwIfAborted()
  signal.addEventListener('abort', giveUp, { once: true })
  void run()
    .catch((error: unknown) => void failures.push(error))
    .then(() => {
      signal.removeEventListener('abort', giveUp)
      if (settled) return
      if (signal.aborted) won.reject(signal.reason as Error)
      else won.reject(unreachable(failures))
    })
  return won.promise
}

/**
 * A signal that follows others, and aborts after a time, until it is released. A dial's signal must never abort after the dial has worked:
 * Node keeps it with the socket and would destroy the connection.
 */
function leashed(followed: readonly AbortSignal[], limitMs: number): { signal: AbortSignal; release: () => void } {
  const own = new AbortController()
  const follow = (): void => own.abort(followed.find(({ aborted }) => aborted)?.reason)
  const timer = setTimeout(() => own.abort(new PorchlightError('TIMEOUT', `no answer within ${limitMs} ms`)), limitMs)
  for (const each of followed) each.addEventListener('abort', follow, { once: true })
  if (followed.some(({ aborted }) => aborted)) follow()
  return {
    signal: own.signal,
    release: () => {
      clearTimeout(timer)
      for (const each of followed) each.removeEventListener('abort', follow)
    },
  }
}

const lost = (): PorchlightError => new PorchlightError('CLOSED', 'another address was faster')

const unreachable = (failures: readonly unknown[]): PorchlightError =>
  new PorchlightError(
    'UNREACHABLE',
    `no address answers: ${failures.map((error) => (error instanceof Error ? error.message : String(error))).join('; ')}`,
    {
      cause: new AggregateError(failures),
    },
  )
