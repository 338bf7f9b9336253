import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as nextRound } from 'node:timers/promises'
import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeTogether } from './write-together.ts'

let sender: Socket
let received: Buffer[]
let writes: number
let close: () => void

beforeEach(async () => {
  const own: Buffer[] = (received = [])
  const server = createServer((socket) => {
    socket.on('data', (bytes) => void own.push(bytes))
    // A sender that is destroyed resets it.
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  sender = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(sender, 'connect')
  writes = 0
  for (const name of ['_write', '_writev'] as const) {
    const original = sender[name] as (...args: unknown[]) => void
    sender[name] = (...args: unknown[]) => {
      writes++
      original.apply(sender, args)
    }
  }
  writeTogether(sender)
  close = () => {
    sender.destroy()
    server.close()
  }
})
afterEach(() => close())

async function arrival(bytes: number): Promise<string> {
  while (received.reduce((sum, each) => sum + each.byteLength, 0) < bytes) await nextRound()
  return Buffer.concat(received).toString()
}

test('what is written in one round of the event loop leaves by one write, in its order', async () => {
  for (const text of ['one ', 'two ', 'three']) sender.write(text)
  expect(writes).toBe(0)
  expect(await arrival(13)).toBe('one two three')
  expect(writes).toBe(1)
})

test('what is written in the next round does not wait for anything further', async () => {
  sender.write('one ')
  expect(await arrival(4)).toBe('one ')
  sender.write('two')
  expect(await arrival(7)).toBe('one two')
  expect(writes).toBe(2)
})

test('bulk leaves at once', () => {
  sender.write(Buffer.alloc(limits.writeTogetherBytes))
  expect(writes).toBe(1)
})

test('a socket that is ended in the same round sends what was written before', async () => {
  sender.write('last words')
  sender.destroySoon()
  expect(await arrival(10)).toBe('last words')
})

test('a socket that is destroyed in the same round throws nothing later', async () => {
  sender.write('never sent')
  sender.destroy()
  await nextRound()
  await nextRound()
  expect(received).toEqual([])
})
