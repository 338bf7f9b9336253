import { execFile } from 'node:child_process'
import { once } from 'node:events'
import WebSocket from 'ws'
import { parity } from './protocol.ts'
import { errorText, payloadOf, type Caller, type Script } from './script.ts'

const pathOf = (contact: string, { method, location, deadlineMs, kind }: Script): string => {
  const query = new URLSearchParams({ location })
  if (deadlineMs !== undefined) query.set('deadlineMs', String(deadlineMs))
  if (kind === 'query') query.set('retry', 'true')
  if (kind === 'subscription') query.set('oneway', 'true')
  return `/v1/contacts/${contact}/call${parity.id}/${method}?${query.toString()}`
}

const outcomeOf = (status: number, body: Buffer): string[] =>
  status === 200 ? [body.toString(), 'end'] : [errorText(JSON.parse(body.toString()) as { code: string })]

/** Calls by what any program has: `fetch` for one answer, a WebSocket for more. */
export const plainCaller =
  (api: string, token: string, contact: string): Caller =>
  async (script, heard) => {
    const headers = { authorization: `Bearer ${token}` }
    if (script.kind === 'query' || script.kind === 'procedure') {
      const answer = await fetch(`${api}${pathOf(contact, script)}`, { method: 'POST', headers, body: Buffer.from(payloadOf(script)) })
      return outcomeOf(answer.status, Buffer.from(await answer.arrayBuffer()))
    }
    const all: string[] = []
    const socket = new WebSocket(`${api.replace('http', 'ws')}${pathOf(contact, script)}`, { headers })
    socket.on('message', (data: Buffer, isBinary) => {
      const told = isBinary
        ? undefined
        : (JSON.parse(data.toString()) as { end?: boolean; closing?: boolean; code?: string; reason?: string })
      if (told?.closing) return
      all.push(told === undefined ? data.toString() : told.end ? 'end' : errorText(told))
      if (told === undefined) heard()
    })
    socket.on('open', () => {
      socket.send(payloadOf(script))
      if (script.kind === 'subscription') return
      for (const text of script.sends ?? ['still here']) socket.send(Buffer.from(text))
      if (script.sends) socket.send('{"end":true}')
    })
    await once(socket, 'close')
    return all
  }

/** Calls by curl. It speaks no WebSocket as Debian builds it, so calls with more than one answer are not its. */
export const curlCaller =
  (api: string, token: string, contact: string): Caller =>
  (script) =>
    new Promise((resolve, reject) => {
      const args = ['--silent', '--show-error', '--write-out', '\n%{http_code}', '--header', `Authorization: Bearer ${token}`]
      const body = ['--header', 'Content-Type: application/octet-stream', '--data-binary', '@-', `${api}${pathOf(contact, script)}`]
      const child = execFile('/usr/bin/curl', [...args, ...body], { encoding: 'buffer', maxBuffer: 1 << 22 }, (error, stdout) => {
        const at = stdout.lastIndexOf(10)
        if (error && at < 0) reject(new Error('curl gave no answer', { cause: error }))
        else resolve(outcomeOf(Number(stdout.subarray(at + 1).toString()), stdout.subarray(0, at)))
      })
      child.stdin?.on('error', () => {})
      child.stdin?.end(payloadOf(script))
    })
