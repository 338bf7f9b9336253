import { OpenAPIHono } from '@hono/zod-openapi'
import { isPorchlightError, limits, PorchlightError } from '@porchlight/core'
import { HTTPException } from 'hono/http-exception'
import type { Daemon } from './daemon.ts'
import { serveAppPages } from './app-page.ts'
import { mountEvents } from './events.ts'
import { mountExport } from './export.ts'
import { notForApps } from '../apps/app.ts'
import { idempotency } from './idempotency.ts'
import { mount, type ApiEnv } from './operation.ts'
import { mountPage } from './page.ts'
import { problemOf } from './problem.ts'
import { askingOperations } from './routes/asking.ts'
import { consentOperations } from './routes/consent.ts'
import { contactOperations } from './routes/contacts.ts'
import { deviceOperations } from './routes/devices.ts'
import { controlOperations } from './routes/control.ts'
import { doctorOperations } from './routes/doctor.ts'
import { householdOperations } from './routes/household.ts'
import { logOperations } from './routes/log.ts'
import { appOperations, appsOwnOperations } from './routes/apps.ts'
import { offerOperations } from './routes/offers.ts'
import { recordOperations } from './routes/record.ts'
import { relayOperations } from './routes/relay.ts'
import { shareOperations } from './routes/shares.ts'

const operations = [
  ...householdOperations,
  ...doctorOperations,
  ...deviceOperations,
  ...contactOperations,
  ...shareOperations,
  ...consentOperations,
  ...offerOperations,
  ...askingOperations,
  ...controlOperations,
  ...logOperations,
  ...recordOperations,
  ...relayOperations,
  ...appOperations,
  ...appsOwnOperations,
]

/** What an app's token opens; everything else is the household's alone. */
const forApps = [
  ...operations
    .filter(({ callers }) => callers !== undefined)
    .map(({ method, path }) => ({ method: method.toUpperCase(), path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) })),
  { method: 'GET', path: /^\/(v1\/events|livez|readyz)$/ },
]
const isForApps = (method: string, path: string) => forApps.some((each) => each.method === method && each.path.test(path))

export interface ApiOptions {
  readonly daemon: Daemon
  readonly nowMs: () => number
  /** For tests; default `limits.apiRequestMs`. */
  readonly requestMs?: number
}

/** The local API: every operation, for both transports, once the guard has said who asks. Answers are JSON; what is thrown becomes a problem (RFC 9457). */
export function createApi({ daemon, nowMs, requestMs = limits.apiRequestMs }: ApiOptions): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const issue = result.error.issues[0]
      throw new PorchlightError(
        'BAD_REQUEST',
        `${[result.target, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'does not fit'}`,
        { reason: 'not-valid' },
      )
    },
  })
  app.onError((thrown, c) => {
    // Work that ends because its time is over may throw anything; what the caller has to know is that its time was over.
    const late: unknown = c.get('signal')?.reason
    // What hono itself refuses is a body that is no JSON.
    const notJson = thrown instanceof HTTPException && thrown.status < 500
    const error = isPorchlightError(late)
      ? late
      : notJson
        ? new PorchlightError('BAD_REQUEST', thrown.message, { reason: 'not-valid' })
        : thrown
    const problem = problemOf(error)
    if (problem.status >= 500)
      daemon.log('api.failed', {
        path: c.req.path,
        code: problem.code,
        reason: problem.reason,
        because: String(error),
        stack: problem.code === 'INTERNAL' ? error.stack : undefined,
      })
    if (problem.status === 401) c.header('www-authenticate', 'Bearer')
    if (problem.status === 503) c.header('retry-after', '1')
    c.header('cache-control', 'no-store')
    return c.json(problem, problem.status, { 'content-type': 'application/problem+json' })
  })
  app.notFound((c) => {
    throw new PorchlightError('BAD_REQUEST', `there is no ${c.req.method} ${c.req.path.slice(0, 200)}`, { reason: 'unknown-path' })
  })

  serveAppPages(app, daemon)
  app.use(async (c, next) => {
    const { method, path } = c.req
    if (c.env.caller.kind === 'app' && !isForApps(method, path)) throw notForApps(`apps may not ${method} ${path.slice(0, 200)}`)
    await next()
  })
  app.use(async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
    c.header('x-content-type-options', 'nosniff')
  })
  app.use(async (c, next) => {
    // Node never hands over more than Content-Length says, so a checked length is a bound.
    if (c.req.header('transfer-encoding') !== undefined)
      throw new PorchlightError('BAD_REQUEST', 'send the body with its Content-Length', { reason: 'length-required' })
    const length = Number(c.req.header('content-length') ?? 0)
    const most = c.req.method === 'PUT' ? limits.appRegistrationBytes : limits.apiBodyBytes
    if (length > most) throw new PorchlightError('TOO_LARGE', `body of ${length} bytes, limit ${most}`)
    await next()
  })
  app.use(async (c, next) => {
    const timeout = new AbortController()
    c.set('signal', AbortSignal.any([c.req.raw.signal, timeout.signal]))
    if (c.req.path === '/v1/events') return await next()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      const error = new PorchlightError('TIMEOUT', `no answer within ${requestMs} ms`)
      timeout.abort(error)
      late.reject(error)
    }, requestMs)
    try {
      return await Promise.race([next(), late.promise])
    } finally {
      clearTimeout(timer)
    }
  })
  app.use(idempotency(nowMs))

  app.get('/livez', (c) => c.json({ live: true }))
  app.get('/readyz', (c) => (daemon.isReady() ? c.json({ ready: true }) : c.json({ ready: false }, 503)))
  for (const each of operations) mount(app, each, daemon)
  mountEvents(app, daemon)
  mountExport(app, daemon)
  mountPage(app, daemon)
  app.get('/v1/openapi.json', (c) => c.json(openapiOf(app)))
  return app
}

/** The OpenAPI 3.1 document of the API, from the schemas that check it. */
export function openapiOf(app: OpenAPIHono<ApiEnv>): object {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Porchlight local API',
      version: '1',
      description:
        'On the Unix socket run/api.sock without a token, and on 127.0.0.1 with the bearer token in keys/api-token. Apps have a token of their own on both, which opens what is tagged app. See docs/api.md.',
      license: { name: 'MIT OR Apache-2.0' },
    },
    tags: ['household', 'contacts', 'shares', 'consent', 'relay', 'log', 'apps', 'app'].map((name) => ({ name })),
  })
}
