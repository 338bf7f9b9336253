import { asPorchlightError, PorchlightError, type ErrorCode } from '@porchlight/core'
import { gate } from './generated/gate.ts'

type Code = gate.End.Code

/** Codes that may cross to the peer; every other code reads `DENIED` or `INTERNAL` there. */
const crossing: Partial<Record<ErrorCode, Code>> = {
  DENIED: gate.End.Code.DENIED,
  GRANT_ENDED: gate.End.Code.DENIED,
  BAD_REQUEST: gate.End.Code.BAD_REQUEST,
  APP: gate.End.Code.APP,
  BUSY: gate.End.Code.BUSY,
  TIMEOUT: gate.End.Code.TIMEOUT,
  TOO_LARGE: gate.End.Code.TOO_LARGE,
}

/** The `End` that tells a peer about an error: its code, and a reason only with `APP`. */
export function endOf(error: unknown): gate.End {
  const { code, reason } = asPorchlightError(error)
  return { code: crossing[code] ?? gate.End.Code.INTERNAL, reason: code === 'APP' ? (reason ?? '') : '', payload: new Uint8Array() }
}

/** The error that a peer's `End` means here, or `undefined` for OK. */
export function errorOf(end: gate.End): PorchlightError | undefined {
  if (end.code === gate.End.Code.OK) return undefined
  const code = end.code as ErrorCode
  return new PorchlightError(
    code,
    code === 'APP' ? `the other side answered ${end.reason.slice(0, 64)}` : `the other side answered ${code}`,
    code === 'APP' ? { reason: end.reason.slice(0, 64) } : {},
  )
}

/** To the holder of a grant in force whose limit of calls is reached: nothing was done, and later is another matter. */
export const busy: gate.End = { code: gate.End.Code.BUSY, reason: '', payload: new Uint8Array() }

/** The one `End` of every other refusal. Byte-identical by construction: nothing about the call goes into it. */
export const refusal: gate.End = { code: gate.End.Code.DENIED, reason: '', payload: new Uint8Array() }
