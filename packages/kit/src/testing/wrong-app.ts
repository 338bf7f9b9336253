import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AppFault } from './app-faults.ts'

/** An app that serves the scaffold's protocol as docs/api.md says, with at most one fault. */
export async function wrongApp(fault?: AppFault): Promise<{ readonly url: string } & AsyncDisposable> {
  const is = (name: AppFault): boolean => fault === name
  const problem = (response: ServerResponse, status: number, told: object): void => {
    response.writeHead(status, { 'content-type': 'application/problem+json' })
    response.end(is('sends an error with the status alone') && status === 422 ? '' : JSON.stringify(told))
  }
  const bad = (response: ServerResponse): void => {
    if (is('ends the connection at what is no request')) response.destroy()
    else if (is('answers what is no request with 200')) response.end('{"text":"?"}')
    else problem(response, 400, { code: is('says INTERNAL to what is no request') ? 'INTERNAL' : 'BAD_REQUEST' })
  }
  const nameIn = (body: string): string | undefined => {
    const text = is('takes a body that was cut off') && body.startsWith('{"name') && !body.endsWith('}') ? '{"name":"Ana"}' : body
    const { name } = JSON.parse(text) as { name?: unknown }
    if (name === undefined && is('takes a missing name for an empty one')) return ''
    if (typeof name === 'number' && is('takes a number for a name')) return String(name)
    return typeof name === 'string' && (name.length <= 80 || is('has no limit for names')) ? name : undefined
  }
  const empty = (response: ServerResponse): void => {
    if (is('never answers an empty name')) return
    if (is('greets nobody')) response.end('{"text":"Coming, !"}')
    else if (is('says BAD_REQUEST to an empty name')) problem(response, 400, { code: 'BAD_REQUEST' })
    else problem(response, 422, { code: 'APP', reason: is('misspells its error') ? 'noname' : 'no-name' })
  }
  const answer = (body: string, response: ServerResponse): void => {
    let name: string | undefined
    try {
      name = nameIn(body)
    } catch {
      // What is no JSON has no name.
    }
    if (name === undefined) return bad(response)
    if (name === '') return empty(response)
    if (is('answers with no JSON')) return void response.end('Coming!')
    if (is('answers with nothing')) return void response.end()
    const text = `Coming, ${is('answers everybody by one name') ? 'you' : name}!`
    response.end(JSON.stringify(is('answers with another field') ? { said: text } : { text }))
    return undefined
  }
  const server = createServer((request: IncomingMessage, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => answer(Buffer.concat(pieces).toString('utf8'), response))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bell`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
