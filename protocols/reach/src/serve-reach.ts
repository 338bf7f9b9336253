import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import type { Handlers } from '@porchlight/sdk'
import type { CallDevice } from '@porchlight/wire'
import { reachProtocol, type Looked } from './definition.ts'

/** What a node lends to the answering side. */
export interface ReachHost {
  /** Multiaddr of the far end of a direct connection to a device, without `/p2p/`; `undefined` when there is none but through relays. */
  seenAt(device: DeviceId): string | undefined
  /** Connects to an address once, beside what is open, and resolves to whether the device itself answered there. */
  probe(device: DeviceId, address: string, signal: AbortSignal): Promise<boolean>
  /** Milliseconds since 1970. */
  nowMs(): number
}

const seen = /^(\/ip[46]\/[0-9a-fA-F.:]+)\/tcp\/\d+$/

/**
 * Answers `look`. What is tried is a port at the address that the caller itself talks from, so that nobody can send this device anywhere else,
 * and seldom enough that it is no tool for a scan.
 *
 * @see protocols/reach/SPEC.md#look
 */
export function serveReach(host: ReachHost): Handlers<typeof reachProtocol> {
  const tries = new Map<DeviceId, number[]>()
  let atOnce = 0
  const mayTry = (device: DeviceId): boolean => {
    const nowMs = host.nowMs()
    for (const [other, times] of tries) if (times.every((atMs) => atMs <= nowMs - 60_000)) tries.delete(other)
    const lately = (tries.get(device) ?? []).filter((atMs) => atMs > nowMs - 60_000)
    if (lately.length >= limits.reachTriesPerMinute || atOnce >= limits.reachTriesAtOnce) return false
    tries.set(device, [...lately, nowMs])
    return true
  }
  return {
    look: async ({ port }, { device, signal }) => {
      const address = host.seenAt(device) ?? ''
      const [, place] = seen.exec(address) ?? []
      const answer = (outcome: Looked['outcome']): Looked => ({ address: place === undefined ? '' : address, outcome, atMs: host.nowMs() })
      if (port === 0 || place === undefined) return answer('not-tried')
      if (!mayTry(device)) return answer('later')
      atOnce++
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(limits.reachTryMs)])
        return answer((await host.probe(device, `${place}/tcp/${port}`, within)) ? 'answered' : 'silent')
      } finally {
        atOnce--
      }
    },
  }
}

/**
 * Asks a device how it sees this one.
 *
 * @param port  a TCP port of ours for it to try; 0 for none
 * @throws      what `call` throws, `BAD_REQUEST` for an answer that is none
 */
export async function askLook(call: CallDevice, device: DeviceId, port: number, options: { signal?: AbortSignal } = {}): Promise<Looked> {
  const { input, output } = reachProtocol.methods.look
  const running = await call(device, { protocol: reachProtocol.id, method: 'look', payload: input.encode({ port }) }, options)
  const bytes = await running.result()
  try {
    return output.decode(bytes)
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'the other side answered with something unreadable', { cause })
  }
}
