import type { ErrorCode } from '@porchlight/core'

/** What the CLI ends with (sysexits.h where it has a word for it). `docs/cli.md` lists them. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 64,
  unreachable: 69,
  crashed: 70,
  retry: 75,
  refused: 77,
  config: 78,
  interrupted: 130,
} as const

const byCode: Readonly<Record<ErrorCode, number>> = {
  DENIED: exitCodes.refused,
  CONSENT_REQUIRED: exitCodes.refused,
  GRANT_ENDED: exitCodes.refused,
  BAD_REQUEST: exitCodes.failed,
  APP: exitCodes.failed,
  TOO_LARGE: exitCodes.failed,
  INTERNAL: exitCodes.failed,
  UNAUTHENTICATED: exitCodes.failed,
  BUSY: exitCodes.retry,
  TIMEOUT: exitCodes.retry,
  UNREACHABLE: exitCodes.retry,
  CLOSED: exitCodes.retry,
  SETTING_INVALID: exitCodes.config,
}

/** What was typed has a form that nothing can have: a broken link, a value that the API does not take. */
const illFormed: ReadonlySet<string | undefined> = new Set(['usage', 'until', 'not-valid', 'invite-link', 'device-link'])

/** The exit code for an error; reasons of the CLI's own (`usage`, `no-daemon`, `interrupted`) come first. */
export function exitCodeOf({ code, reason }: { code: ErrorCode; reason?: string | undefined }): number {
  if (illFormed.has(reason)) return exitCodes.usage
  if (reason === 'no-daemon') return exitCodes.unreachable
  if (reason === 'interrupted') return exitCodes.interrupted
  return byCode[code]
}
