import { limits } from '@porchlight/core'
import type { ByteStream } from '@porchlight/wire'
import { bytesOfFrame } from './frames.ts'
import { toHex } from '../check/codec.ts'
import type { Answer, Role, Target, TargetCall } from './target.ts'
import { WireLine } from './wire-line.ts'

/** Where streams of the gate come from, and what else is known of the implementation behind them. */
export interface Streams extends Omit<Target, 'call' | 'open'> {
  open(role: Role): Promise<ByteStream>
}

/** A target that is reached by streams of the gate: over libp2p, or in memory. */
export const streamTarget = (streams: Streams): Target => ({ ...streams, call: (role, call) => callOver(streams, role, call) })

async function callOver(streams: Streams, role: Role, call: TargetCall): Promise<Answer> {
  const line = new WireLine(await streams.open(role), streams.answerMs)
  const startedMs = performance.now()
  const messages: Uint8Array[] = []
  const ended = (code: Answer['code'], more: Partial<Answer> = {}): Answer => ({
    code,
    payload: new Uint8Array(),
    messages,
    tookMs: performance.now() - startedMs,
    ...more,
  })
  try {
    const open = {
      protocol: call.protocol,
      method: call.method,
      location: call.location,
      payload: toHex(call.payload),
      streaming: call.kind === 'stream',
      deadlineMs: call.deadlineMs ?? (call.kind === 'stream' || call.kind === 'subscription' ? 0 : limits.conformAnswerMs),
    }
    await line.write(bytesOfFrame({ open }, streams, false))
    for (const message of call.messages) await line.write(bytesOfFrame({ data: toHex(message) }, streams, false))
    if (call.kind === 'stream') await line.write(bytesOfFrame({ end: { code: 'OK' } }, streams, false))
    for (;;) {
      const seen = await line.next()
      if (seen.what === 'quiet') return ended('TIMEOUT')
      if (seen.what === 'ended') return ended('CLOSED')
      if (seen.frame?.data) messages.push(seen.frame.data.payload)
      else if (seen.frame?.end) return ended(seen.frame.end.code, { reason: seen.frame.end.reason, payload: seen.frame.end.payload })
      else return ended('CLOSED')
    }
  } finally {
    line.abort()
  }
}
