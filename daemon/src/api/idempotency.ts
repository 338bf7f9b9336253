import { createHash } from 'node:crypto'
import { limits, PorchlightError } from '@porchlight/core'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './operation.ts'

interface Remembered {
  readonly request: string
  readonly untilMs: number
  readonly answer: Promise<Response | undefined>
}

/**
 * Answers never kept: their secrets are in nobody's memory once told. An invite's link is kept, as its secret lies in the household's own
 * store for longer than this, and a second invite for a repeated request would be an open door that nobody knows of. An invite for a device is
 * not: its secret is in memory for minutes, and a repeated request ends the one before. Tokens of apps are nowhere but in the answer.
 */
const neverKept = /^\/v1\/(recovery-words|setup-tokens|devices\/invites|apps)/

/**
 * A POST with an `Idempotency-Key` that was sent before gets the answer of the first one instead of being done twice. Kept in memory,
 * for `limits.idempotencyMs`, at most `limits.idempotencyKeys` of the household and as many of apps; answers that say "try again" are not kept.
 */
export function idempotency(nowMs: () => number): MiddlewareHandler<ApiEnv> {
  const [ofHousehold, ofApps] = [new Map<string, Remembered>(), new Map<string, Remembered>()]
  return async (c, next) => {
    const given = c.req.header('idempotency-key')
    if (c.req.method !== 'POST' || given === undefined || neverKept.test(c.req.path)) return await next()
    if (given.length > 128) throw new PorchlightError('BAD_REQUEST', `Idempotency-Key of ${given.length} characters, limit 128`)
    const { caller } = c.env
    // No app can make us forget what the household sent. Two apps may choose the same key, and neither gets the other's answer.
    const known = caller.kind === 'app' ? ofApps : ofHousehold
    const key = `${caller.kind === 'app' ? caller.app.record.tokenHash : ''} ${given}`
    const request = createHash('sha256')
      .update(`${c.req.path}\n${await c.req.text()}`)
      .digest('hex')
    const before = known.get(key)
    if (before && before.untilMs > nowMs()) {
      if (before.request !== request)
        throw new PorchlightError('BAD_REQUEST', 'this Idempotency-Key was used for another request', { reason: 'idempotency-key-reused' })
      const answer = await before.answer
      if (answer) return answer.clone()
    }
    const { promise, resolve } = Promise.withResolvers<Response | undefined>()
    known.set(key, { request, untilMs: nowMs() + limits.idempotencyMs, answer: promise })
    for (const oldest of known.keys()) {
      if (known.size <= limits.idempotencyKeys) break
      known.delete(oldest)
    }
    try {
      await next()
    } finally {
      const keep = c.res.status < 500 && c.res.status !== 429
      resolve(keep ? c.res.clone() : undefined)
      if (!keep) known.delete(key)
    }
  }
}
