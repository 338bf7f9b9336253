import { limits } from '@porchlight/core'
import type { AlikeCase, CutCase, HiddenCase, OpenText, Step, TranscriptCase } from '../cases/case-file.ts'
import { toHex } from '../check/codec.ts'
import { bytesOfFrame, described, difference, openOf } from './frames.ts'
import { inTurns } from './in-turns.ts'
import type { Role, Target } from './target.ts'
import { WireLine } from './wire-line.ts'

/** What a case found; `undefined` when everything was as it must be. */
export type Finding = string | undefined

async function lineTo(target: Target, role: Role): Promise<WireLine> {
  return new WireLine(await target.open!(role), target.answerMs)
}

/** Plays a transcript on one fresh stream. */
export async function playTranscript({ as, steps, needs }: TranscriptCase, target: Target): Promise<Finding> {
  const line = await lineTo(target, as)
  const isEcho = needs?.includes('echo') === true
  let sentMs = performance.now()
  try {
    for (const [at, step] of steps.entries()) {
      if ('send' in step) {
        const bytes = bytesOfFrame(step.send, target, isEcho)
        for (const piece of step.pieces === 'bytes' ? Array.from(bytes, (byte) => Uint8Array.of(byte)) : [bytes]) await line.write(piece)
        sentMs = performance.now()
      } else if ('flood' in step) {
        for (let left = step.flood; left > 0; left -= limits.dataChunkBytes)
          await line.write(bytesOfFrame({ data: '00'.repeat(Math.min(left, limits.dataChunkBytes)) }, target, isEcho))
        sentMs = performance.now()
      } else if ('close' in step) await line.close()
      else if ('revoke' in step) {
        await target.revoke!()
        sentMs = performance.now()
      } else {
        const finding = await look(step, line, sentMs)
        if (finding !== undefined) return `step ${at + 1}: ${finding}`
      }
    }
    return undefined
  } finally {
    line.abort()
  }
}

type Look = Exclude<Step, { send: unknown } | { flood: unknown } | { close: unknown } | { revoke: unknown }>

async function look(step: Look, line: WireLine, sentMs: number): Promise<Finding> {
  if ('silentMs' in step) {
    const seen = await line.next(step.silentMs)
    if (seen.what === 'quiet') return undefined
    return seen.what === 'ended' ? 'the stream ended, it had to stay' : `nothing had to come, got ${described(seen.bytes, seen.frame)}`
  }
  const seen = await line.next(step.withinMs)
  if ('expect' in step) {
    if (seen.what === 'ended') return 'the stream ended instead of a frame'
    if (seen.what === 'quiet') return 'no frame came'
    const wrong = difference(seen.bytes, seen.frame, step.expect)
    if (wrong !== undefined) return wrong
    const tookMs = seen.atMs - sentMs
    if (step.notBeforeMs !== undefined && tookMs < step.notBeforeMs - limits.conformEarlyMs)
      return `the answer came after ${Math.round(tookMs)} ms, not before ${step.notBeforeMs} ms is allowed`
    return undefined
  }
  let next = seen
  while (next.what === 'frame') {
    const code = next.frame?.end?.code
    if (code === undefined || step.after?.some((allowed) => allowed === code) !== true)
      return `the stream had to end, got ${described(next.bytes, next.frame)}`
    next = await line.next(step.withinMs)
  }
  return next.what === 'ended' ? undefined : 'the stream did not end'
}

/** Cuts a frame off after each of its bytes, on a stream of its own each. */
export async function cutFrame({ as, cut, needs }: CutCase, target: Target): Promise<Finding> {
  const bytes = bytesOfFrame(cut, target, needs?.includes('echo') === true)
  const findings = await inTurns(bytes.byteLength - 1, async (n) => {
    const line = await lineTo(target, as)
    try {
      await line.write(bytes.subarray(0, n + 1))
      await line.close()
      const seen = await line.next()
      if (seen.what === 'ended') return undefined
      return `cut after ${n + 1} of ${bytes.byteLength} bytes: ${seen.what === 'quiet' ? 'the stream did not end' : `got ${described(seen.bytes, seen.frame)}`}`
    } finally {
      line.abort()
    }
  })
  return findings.find((finding) => finding !== undefined)
}

/** Makes calls that must all be refused alike: the same bytes, never too soon, and none at a time of its own. */
export async function askAlike({ as, alike, answer, notBeforeMs, spreadMs }: AlikeCase, target: Target): Promise<Finding> {
  const fastest = alike.map(() => Infinity)
  for (let round = 0; round < limits.conformRounds; round += 1)
    for (const [at, open] of alike.entries()) {
      const frame = openOf(open, target, false)!
      const which = `call ${at + 1} (${frame.protocol || 'no protocol'} ${frame.method || 'no method'})`
      const refused = await refusalOf(as, open, target)
      if ('because' in refused) return `${which}: ${refused.because}`
      if (refused.hex !== answer) return `${which}: expected the bytes ${answer}, got ${refused.hex.slice(0, 80)}`
      if (refused.tookMs < notBeforeMs - limits.conformEarlyMs)
        return `${which}: refused after ${Math.round(refused.tookMs)} ms, not before ${notBeforeMs} ms is allowed`
      fastest[at] = Math.min(fastest[at]!, refused.tookMs)
    }
  const [least, most] = [Math.min(...fastest), Math.max(...fastest)]
  if (most - least <= spreadMs) return undefined
  return `the refusals take between ${Math.round(least)} and ${Math.round(most)} ms at best: at most ${spreadMs} ms apart is allowed`
}

async function refusalOf(as: Role, open: OpenText, target: Target): Promise<{ hex: string; tookMs: number } | { because: string }> {
  const line = await lineTo(target, as)
  try {
    const sentMs = performance.now()
    await line.write(bytesOfFrame({ open }, target, false))
    const seen = await line.next()
    if (seen.what !== 'frame') return { because: seen.what === 'ended' ? 'the stream ended instead of a refusal' : 'no refusal came' }
    return { hex: toHex(seen.bytes), tookMs: seen.atMs - sentMs }
  } finally {
    line.abort()
  }
}

/** Looks at what identify tells. */
export async function lookHidden({ hidden }: HiddenCase, target: Target): Promise<Finding> {
  const shown = (await target.protocols!()).filter((id) => hidden.some((prefix) => id.startsWith(prefix)) && id !== '/porchlight/gate/1')
  return shown.length === 0 ? undefined : `identify shows ${shown.join(', ')}`
}
