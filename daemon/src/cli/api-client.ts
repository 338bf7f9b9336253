import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { errorTable, limits, PorchlightError, type ErrorCode } from '@porchlight/core'
import { Client } from 'undici'
import { findSocketPath } from '../state/socket-path.ts'

/** The CLI's only way to the daemon: HTTP over its Unix socket. */
export interface ApiClient {
  get<T>(path: string): Promise<T>
  /** An answer of lines of JSON, one at a time. */
  lines<T>(path: string): AsyncIterable<T>
  /** Carries an Idempotency-Key. */
  post<T>(path: string, body?: object): Promise<T>
  patch<T>(path: string, body: object): Promise<T>
  delete<T>(path: string): Promise<T>
}

const notRunning = (home: string, cause: unknown) =>
  new PorchlightError('UNREACHABLE', `no daemon answers for ${home}: start it with porchlight start`, { reason: 'no-daemon', cause })

function errorOf(body: unknown, status: number): PorchlightError {
  const { code, reason, detail } = (body ?? {}) as { code?: string; reason?: string | null; detail?: string }
  if (code === undefined || !(code in errorTable))
    return new PorchlightError(
      'INTERNAL',
      `the daemon answered ${status} in a way this program does not know: are both of the same version?`,
    )
  return new PorchlightError(code as ErrorCode, detail ?? code, reason == null ? {} : { reason })
}

const isAbsent = (error: unknown) => ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')

/** A client of the daemon on a home directory. Connects at the first request. @throws `UNREACHABLE` with reason `no-daemon` */
export function apiClient(home: string): ApiClient & AsyncDisposable {
  const client = new Client('http://localhost', {
    socketPath: findSocketPath(home),
    headersTimeout: limits.apiRequestMs + 5000,
    bodyTimeout: limits.apiRequestMs,
  })
  const send = async <T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T> => {
    try {
      const { statusCode, body: answer } = await client.request({
        method,
        path,
        headers: { ...(body && { 'content-type': 'application/json' }), ...(method === 'POST' && { 'idempotency-key': randomUUID() }) },
        body: body ? JSON.stringify(body) : null,
      })
      const text = await answer.text()
      let json: unknown
      try {
        json = JSON.parse(text)
      } catch {
        json = undefined
      }
      if (statusCode >= 400 || json === undefined) throw errorOf(json, statusCode)
      return json as T
    } catch (error) {
      if (isAbsent(error)) throw notRunning(home, error)
      if (error instanceof PorchlightError) throw error
      throw new PorchlightError(
        'CLOSED',
        `the daemon ended before it answered (${error instanceof Error ? error.message : String(error)})`,
        { cause: error },
      )
    }
  }
  const lines = async function* <T>(path: string): AsyncGenerator<T> {
    try {
      const { statusCode, body } = await client.request({ method: 'GET', path })
      if (statusCode >= 400) throw errorOf(await body.json().catch(() => undefined), statusCode)
      for await (const line of createInterface({ input: body, crlfDelay: Infinity })) if (line !== '') yield JSON.parse(line) as T
    } catch (error) {
      throw isAbsent(error) ? notRunning(home, error) : error
    }
  }
  return {
    lines,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    patch: (path, body) => send('PATCH', path, body),
    delete: (path) => send('DELETE', path),
    [Symbol.asyncDispose]: () => client.destroy(),
  }
}
