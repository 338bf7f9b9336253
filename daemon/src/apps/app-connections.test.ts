import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppHousehold, greeting } from '../testing/app-household.ts'

let home: AppHousehold
beforeEach(async () => void (home = await AppHousehold.start()))
afterEach(async () => await home[Symbol.asyncDispose]())

const hello = `/v1/contacts/ana/call${greeting}/hello`
async function dial(): Promise<Socket> {
  const socket = connect(home.house.daemon.socketPath)
  await once(socket, 'connect')
  return socket.on('error', () => {})
}
const raw = (method: string, path: string, body = '') =>
  `${method} ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${home.caller}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

test('calls that were written one after another on connections that then went away hold nothing', async () => {
  let arrived = 0
  home.serving.answer = () => void arrived++
  for (let round = 1; round <= 6; round++) {
    const socket = await dial()
    socket.write(raw('POST', hello, 'x').repeat(48))
    await expect.poll(() => arrived).toBe(48 * round)
    socket.destroy()
  }
  home.serving.answer = (_call, response) => void response.end('ok')
  await expect.poll(async () => (await home.call('hello', 'x')).text).toBe('ok')
})

test('a connection too many is answered and closed', async () => {
  const sockets: Socket[] = []
  for (let n = 0; n < 128; n++) {
    const socket = await dial()
    socket.write(raw('GET', '/v1/app'))
    await once(socket, 'data')
    sockets.push(socket)
  }
  const extra = await dial()
  extra.write(raw('GET', '/v1/app'))
  const [told] = (await once(extra, 'data')) as [Buffer]
  expect(told.toString()).toContain('too-many-connections')
  await once(extra, 'close')
  for (const socket of sockets) socket.destroy()
})
