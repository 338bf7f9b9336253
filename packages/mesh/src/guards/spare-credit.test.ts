import { yamux } from '@chainsafe/libp2p-yamux'
import type { MessageStream, Stream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { spareCredit, type CreditedStream } from './spare-credit.ts'

const initialWindowBytes = 256 * 1024

/** Both ends of one stream over one connection, and how many frames the receiving end has sent. */
async function pair(spares: boolean): Promise<{ sender: Stream; receiver: CreditedStream; replies: () => number }> {
  const [near, far] = multiaddrConnectionPair()
  const muxer = (connection: MessageStream): StreamMuxer => (yamux()() as StreamMuxerFactory).createStreamMuxer(connection)
  const [sending, receiving] = [muxer(near), muxer(far)]
  let replies = 0
  near.addEventListener('message', () => void replies++)
  const arrived = new Promise<Stream>((resolve) => receiving.addEventListener('stream', ({ detail }) => resolve(detail)))
  const sender = await sending.createStream()
  const receiver = (await arrived) as CreditedStream
  await new Promise((done) => setTimeout(done, 20))
  replies = 0
  if (spares) spareCredit(receiver)
  return { sender, receiver, replies: () => replies }
}

/** Sends so many messages, each when the one before has arrived. */
async function send(sender: Stream, receiver: Stream, messages: number, bytes: number): Promise<void> {
  let received = 0
  let wake = (): void => {}
  receiver.addEventListener('message', ({ data }) => {
    received += data.byteLength
    wake()
  })
  for (let sent = bytes; sent <= messages * bytes; sent += bytes) {
    if (!sender.send(new Uint8Array(bytes))) await sender.onDrain()
    while (received < sent) await new Promise<void>((resolve) => (wake = resolve))
  }
}

test('upstream: every small message is answered by a frame of credit', async () => {
  const { sender, receiver, replies } = await pair(false)
  await send(sender, receiver, 50, 200)
  expect(replies()).toBeGreaterThanOrEqual(50)
})

test('small messages cost no frame of credit each', async () => {
  const { sender, receiver, replies } = await pair(true)
  const messages = Math.floor((3 * limits.streamCreditBytes) / 200)
  await send(sender, receiver, messages, 200)
  expect(replies()).toBeLessThanOrEqual(3)
})

test('a stream that carries many windows never runs dry', async () => {
  const { sender, receiver } = await pair(true)
  await send(sender, receiver, 100, initialWindowBytes / 8)
  expect(receiver.recvWindow - receiver.recvWindowCapacity).toBeLessThan(limits.streamCreditBytes)
})

test('a stream that was paused gets all of its credit back', async () => {
  const { sender, receiver } = await pair(true)
  receiver.pause()
  sender.send(new Uint8Array(2 * limits.streamCreditBytes))
  while (receiver.readBufferLength < 2 * limits.streamCreditBytes) await new Promise((done) => setTimeout(done, 1))
  expect(receiver.recvWindowCapacity).toBe(initialWindowBytes - 2 * limits.streamCreditBytes)
  receiver.resume()
  expect(receiver.recvWindow - receiver.recvWindowCapacity).toBeLessThan(limits.streamCreditBytes)
})
