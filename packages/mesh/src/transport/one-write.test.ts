import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { setImmediate as nextRound } from 'node:timers/promises'
import { Uint8ArrayList } from 'uint8arraylist'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sendWithOneWrite, type SendingConnection } from './one-write.ts'

let [sender, receiver] = [] as unknown as [Socket, Socket]
let close: () => void
/** Stands where libp2p wakes the streams of the connection. */
const onDrain = vi.fn()
const connection = {} as SendingConnection

beforeEach(async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  sender = connect((server.address() as AddressInfo).port, '127.0.0.1')
  ;[receiver] = (await once(server, 'connection')) as [Socket]
  if (sender.connecting) await once(sender, 'connect')
  onDrain.mockClear()
  sender.on('drain', onDrain)
  sendWithOneWrite(sender, connection)
  close = () => {
    for (const socket of [sender, receiver]) socket.destroy()
    server.close()
  }
})
afterEach(() => close())

const piece = (bytes: number, fill: number): Buffer => Buffer.alloc(bytes, fill)

test('pieces of a message leave in one call to the system, whole and in order', async () => {
  const writev = vi.spyOn(sender as unknown as Required<Pick<Writable, '_writev'>>, '_writev')
  const write = vi.spyOn(sender, '_write')
  const data = new Uint8ArrayList(piece(2, 1), piece(65_519, 2), piece(16, 3), piece(2, 4), piece(40_000, 5))
  expect(connection.sendData(data).sentBytes).toBe(data.byteLength)
  expect([writev.mock.calls.length, write.mock.calls.length]).toEqual([1, 0])
  const got: Buffer[] = []
  receiver.on('data', (bytes: Buffer) => void got.push(bytes))
  await vi.waitFor(() => expect(Buffer.concat(got).byteLength).toBe(data.byteLength))
  expect(Buffer.concat(got).equals(data.subarray())).toBe(true)
})

test('what the system took at once lets the next follow, and wakes nobody afterwards', async () => {
  receiver.resume()
  expect(sender.writableHighWaterMark).toBeLessThan(100_000)
  expect(connection.sendData(new Uint8ArrayList(piece(100_000, 1))).canSendMore).toBe(true)
  for (let round = 0; round < 5; round++) await nextRound()
  expect(onDrain).not.toHaveBeenCalled()
})

test('what the system does not take holds the next back, until all of it is gone', async () => {
  receiver.pause()
  let sent = 0
  for (let canSendMore = true; canSendMore; sent += 100_000) ({ canSendMore } = connection.sendData(new Uint8ArrayList(piece(100_000, 1))))
  expect(sender.writableLength).toBeGreaterThan(0)
  for (let round = 0; round < 5; round++) await nextRound()
  expect(onDrain).not.toHaveBeenCalled()
  receiver.resume()
  await vi.waitFor(() => expect(onDrain).toHaveBeenCalledTimes(1))
  expect(sender.writableLength).toBe(0)
  expect(connection.sendData(new Uint8ArrayList(piece(10, 1))).canSendMore).toBe(true)
})
