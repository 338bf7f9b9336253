import { readFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { FakeHousehold } from './fake-household.ts'

export interface Asked {
  readonly over?: 'unix' | 'loopback'
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | object
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read the JSON as a user's script would
  json(): any
}

/** Asks the API of a household as a program would, over its Unix socket or loopback. @param house the one of the running test */
export function apiOf(house: () => FakeHousehold) {
  function open(path: string, { over = 'unix', method = 'GET', headers = {}, body }: Asked = {}): Promise<IncomingMessage> {
    const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '')
    const length = text === '' ? {} : { 'content-length': String(Buffer.byteLength(text)) }
    const json = typeof body === 'object' ? { 'content-type': 'application/json' } : {}
    const where =
      over === 'unix' ? { socketPath: house().daemon.socketPath } : { host: '127.0.0.1', port: new URL(house().daemon.apiUrl).port }
    return new Promise((resolve, reject) => {
      const asked = request({ ...where, method, path, headers: { ...length, ...json, ...headers }, agent: false }, resolve)
      asked.on('error', reject)
      asked.end(text)
    })
  }

  async function ask(path: string, asked: Asked = {}): Promise<Answered> {
    const answer = await open(path, asked)
    const chunks: Buffer[] = []
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    return { status: answer.statusCode ?? 0, headers: answer.headers, text, json: () => JSON.parse(text) }
  }

  const token = () => readFileSync(join(house().home, 'keys/api-token'), 'utf8').trim()
  const bearer = () => ({ authorization: `Bearer ${token()}` })

  return { open, ask, token, bearer }
}
