import { appBounds as limits, PorchlightError } from '@porchlight/core'
import { errorTold } from './call-socket.ts'
import type { ApiAnswer } from './transport.ts'

/** What the daemon means by an answer that is no success (RFC 9457). */
export function errorOfProblem(status: number, body: Uint8Array): PorchlightError {
  try {
    const problem = JSON.parse(new TextDecoder().decode(body)) as { code?: string; reason?: string | null; detail?: string }
    if (typeof problem.code === 'string')
      return errorTold({
        code: problem.code,
        reason: problem.reason ?? null,
        ...(typeof problem.detail === 'string' && { message: problem.detail }),
      })
  } catch {
    // Not one of ours.
  }
  return new PorchlightError('INTERNAL', `answered ${status} in a way this program does not know: is that a daemon of this version?`)
}

/** The bytes of a success. @throws what the daemon says instead */
export async function successOf(answer: ApiAnswer, limitBytes: number = limits.sdkAnswerBytes): Promise<Uint8Array> {
  const body = await answer.whole(limitBytes)
  if (answer.status < 200 || answer.status >= 300) throw errorOfProblem(answer.status, body)
  return body
}
