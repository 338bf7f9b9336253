import { limits, PorchlightError } from '@porchlight/core'
import type { OwnEnd } from './mapping.ts'
import { pause } from './meeting.ts'
import type { PunchStream } from './punch-stream.ts'
import type { Target } from './punch-targets.ts'

/** The protocol id of libp2p's Direct Connection Upgrade through Relay. */
export const dcutrProtocol = '/libp2p/dcutr'

/** One side of a punch stream. */
export interface PunchSide {
  readonly stream: PunchStream
  /** Where others see us now; asked before each attempt. */
  readonly own: () => Promise<readonly OwnEnd[]>
  /** Which of the addresses that the far side named we dial. */
  readonly targets: (addresses: readonly string[], own: readonly OwnEnd[]) => readonly Target[]
  /** Dials them; rejects when nobody met us. */
  readonly meet: (targets: readonly Target[], initiator: boolean) => Promise<unknown>
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/**
 * The side that received the relayed connection (B of the specification): says where it is, hears where the far side is, and dials half a
 * round trip after it has said "now". On the new connection it is the responder.
 *
 * @returns  once a connection is open
 * @throws   `UNREACHABLE` when no attempt worked, or what ended the stream
 * @see      https://github.com/libp2p/specs/blob/master/relay/DCUtR.md#the-protocol
 */
export async function proposePunch({ stream, own, targets, meet, now, signal }: PunchSide): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const ends = await own()
    if (ends.length === 0) throw new PorchlightError('UNREACHABLE', 'nobody has seen an address of this side')
    const askedMs = now()
    await stream.write({ type: 'CONNECT', addresses: ends.map(({ address }) => address) })
    const answer = await stream.read()
    if (answer?.type !== 'CONNECT') throw new PorchlightError('BAD_REQUEST', `punch stream with ${answer?.type ?? 'nothing'} for CONNECT`)
    const roundTripMs = now() - askedMs
    const theirs = targets(answer.addresses, ends)
    if (theirs.length === 0) throw new PorchlightError('UNREACHABLE', 'the far side named no address that we dial')
    await stream.write({ type: 'SYNC', addresses: [] })
    await pause(Math.min(roundTripMs / 2, limits.punchHalfRoundTripMs), signal)
    try {
      await meet(theirs, false)
      return await stream.end()
    } catch (error) {
      if (attempt === limits.punchAttempts || signal.aborted) throw error
    }
  }
}

/**
 * The side that dialled the relayed connection (A of the specification): answers with where it is, and dials as soon as it hears "now". On
 * the new connection it is the initiator.
 *
 * @returns  once a connection is open, or the far side has given up
 * @throws   what ended the stream, or made this side end it
 */
export async function answerPunch({ stream, own, targets, meet }: PunchSide): Promise<void> {
  for (let attempt = 1; attempt <= limits.punchAttempts; attempt++) {
    // After a meeting that failed the far side may still be dialling.
    const proposal = await stream.read(limits.punchMessageMs + (attempt > 1 ? limits.punchAttemptMs : 0))
    if (!proposal) return
    if (proposal.type !== 'CONNECT') throw new PorchlightError('BAD_REQUEST', 'punch stream with SYNC for CONNECT')
    const ends = await own()
    const theirs = targets(proposal.addresses, ends)
    // Where we are is told only to somebody whom that helps.
    await stream.write({ type: 'CONNECT', addresses: theirs.length > 0 ? ends.map(({ address }) => address) : [] })
    if (theirs.length === 0) return stream.end()
    const sync = await stream.read()
    if (!sync) return
    if (sync.type !== 'SYNC') throw new PorchlightError('BAD_REQUEST', 'punch stream with CONNECT for SYNC')
    const met = await meet(theirs, true).then(
      () => true,
      () => false,
    )
    if (met) return stream.end()
  }
}
