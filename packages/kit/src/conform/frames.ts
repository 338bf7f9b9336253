import { gateFrames, type Frame } from '@porchlight/wire'
import type { FrameText, OpenText } from '../cases/case-file.ts'
import { fromHex, toHex } from '../check/codec.ts'
import type { Target } from './target.ts'

/** What of a target an Open may name. */
type Offers = Pick<Target, 'known' | 'echo'>

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]
}

/** The fields of an Open, with what the target allows where the case names no protocol. */
export function openOf(open: OpenText, target: Offers, isEcho: boolean): Frame['open'] {
  const { known, echo } = target
  const given =
    isEcho && echo
      ? { protocol: echo.protocol, method: open.streaming === true ? 'stream' : 'unary', location: echo.location, payload: '' }
      : known
  const from = open.protocol === undefined ? given : undefined
  return {
    protocol: open.protocol ?? from?.protocol ?? '',
    method: open.method ?? from?.method ?? '',
    location: open.location ?? from?.location ?? '',
    deadlineMs: open.deadlineMs ?? (open.streaming === true ? 0 : 30_000),
    payload: fromHex(open.payload ?? from?.payload ?? ''),
    streaming: open.streaming ?? false,
  }
}

/** A frame of an Open with fields that this version does not know. */
function withExtra(open: NonNullable<Frame['open']>, extra: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from([...gateFrames.Open.encode(open), ...extra])
  return Uint8Array.from([0x0a, ...varint(bytes.byteLength), ...bytes])
}

/** The bytes of a frame, length prefix included. */
export function bytesOfFrame(text: FrameText, target: Offers, isEcho: boolean): Uint8Array {
  if ('hex' in text) return fromHex(text.hex)
  const frame: Partial<Frame> =
    'open' in text
      ? { open: openOf(text.open, target, isEcho) }
      : 'data' in text
        ? { data: { payload: fromHex(text.data) } }
        : { end: { code: gateFrames.End.Code[text.end.code], reason: text.end.reason ?? '', payload: fromHex(text.end.payload ?? '') } }
  const body =
    'open' in text && text.open.extra !== undefined ? withExtra(frame.open!, fromHex(text.open.extra)) : gateFrames.Frame.encode(frame)
  return Uint8Array.from([...varint(body.byteLength), ...body])
}

/** Says how a frame differs from what a case expects; `undefined` when it does not. */
export function difference(bytes: Uint8Array, frame: Frame | undefined, expected: FrameText): string | undefined {
  const seen = described(bytes, frame)
  if ('hex' in expected) return toHex(bytes) === expected.hex ? undefined : `expected the bytes ${expected.hex}, got ${seen}`
  if ('open' in expected) return frame?.open ? undefined : `expected Open, got ${seen}`
  if ('data' in expected)
    return frame?.data && toHex(frame.data.payload) === expected.data
      ? undefined
      : `expected Data of ${expected.data || 'no bytes'}, got ${seen}`
  const { code, reason, payload } = expected.end
  const isSame =
    frame?.end?.code === gateFrames.End.Code[code] &&
    (reason === undefined || frame.end.reason === reason) &&
    (payload === undefined || toHex(frame.end.payload) === payload)
  return isSame ? undefined : `expected End{${[code, reason, payload].filter(Boolean).join(', ')}}, got ${seen}`
}

/** A frame in few words, for a report. */
export function described(bytes: Uint8Array, frame: Frame | undefined): string {
  if (frame?.end) return `End{${[frame.end.code, frame.end.reason, toHex(frame.end.payload).slice(0, 64)].filter(Boolean).join(', ')}}`
  if (frame?.data) return `Data of ${frame.data.payload.byteLength} bytes`
  if (frame?.open) return 'Open'
  return `${bytes.byteLength} bytes that are no frame`
}
