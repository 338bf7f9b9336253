import type { Connection, MultiaddrConnection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { codeOf } from './punch-ports.ts'
import type { Target } from './punch-targets.ts'
import type { RawDials } from './raw-dials.ts'

export interface MeetingOptions {
  readonly device: DeviceId
  readonly targets: readonly Target[]
  /** Which side speaks first on the new connection; the far side has to take the other role. */
  readonly initiator: boolean
  readonly dials: Pick<RawDials, 'connect' | 'upgrade'>
  /** In [0, 1). */
  readonly random: () => number
  readonly signal: AbortSignal
}

/** What a dial fails with for good: the port cannot be used towards this end, or there is no way there at all. */
const hopeless = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'ENETUNREACH', 'EACCES', 'EPERM', 'EAFNOSUPPORT', 'EINVAL'])

/**
 * Dials all addresses of a far side at once, from ports that do not listen, while the far side does the same: TCP's simultaneous open.
 * What refuses is dialled again, for a router may have seen their packet before ours. The first connection whose handshake succeeds is
 * the result, whichever address it took; all others are closed.
 *
 * Both sides end with the same one: the initiator tries its open connections one after another, the responder answers on all of them.
 *
 * @throws `UNREACHABLE` when nothing opened within `limits.punchAttemptMs`, or the reason of `signal`
 */
export async function meet({ device, targets, initiator, dials, random, signal }: MeetingOptions): Promise<Connection> {
  const over = new AbortController()
  const dialling = AbortSignal.any([signal, over.signal, AbortSignal.timeout(limits.punchAttemptMs)])
  const upgrading = AbortSignal.any([signal, over.signal])
  let turn: Promise<unknown> = Promise.resolve()

  const upgrade = (socket: MultiaddrConnection): Promise<Connection> => {
    if (over.signal.aborted || signal.aborted) {
      socket.abort(new Error('another connection was first'))
      throw over.signal.reason ?? signal.reason
    }
    return dials.upgrade(socket, { initiator, signal: AbortSignal.any([upgrading, AbortSignal.timeout(limits.upgradeMs)]) })
  }
  const open = async ({ address, localPort }: Target): Promise<Connection> => {
    const socket = await dialAgain(
      () => dials.connect(multiaddr(`${address}/p2p/${device}`), { localPort, initiator, signal: dialling }),
      random,
      dialling,
    )
    if (!initiator) return upgrade(socket)
    const mine = turn.then(
      () => upgrade(socket),
      () => upgrade(socket),
    )
    turn = mine
    return mine
  }

  try {
    return await Promise.any(targets.map(open))
  } catch (cause) {
    signal.throwIfAborted()
    throw new PorchlightError('UNREACHABLE', `${targets.length} addresses did not meet us`, { cause })
  } finally {
    over.abort(new PorchlightError('CLOSED', 'another connection was first'))
  }
}

/** Dials until it works, is hopeless, or was tried often enough. */
async function dialAgain(
  dial: () => Promise<MultiaddrConnection>,
  random: () => number,
  signal: AbortSignal,
): Promise<MultiaddrConnection> {
  for (let dials = 1; ; dials++) {
    try {
      return await dial()
    } catch (error) {
      if (signal.aborted || dials === limits.punchDials || hopeless.has(codeOf(error) ?? '')) throw error
    }
    // Sides that try again in step would refuse each other in step.
    await pause(limits.punchAgainMs * (0.5 + random()), signal)
  }
}

/** @throws the reason of `signal` */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      signal.removeEventListener('abort', given)
      resolve()
    }
    function given(): void {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    if (signal.aborted) given()
    else signal.addEventListener('abort', given, { once: true })
  })
}
