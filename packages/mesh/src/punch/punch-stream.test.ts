import { limits } from '@porchlight/core'
import { memoryByteStreams } from '@porchlight/wire'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeOf } from '../testing/loopback.ts'
import { decodePunchMessage, encodePunchMessage, type PunchMessage } from './punch-message.ts'
import { PunchStream } from './punch-stream.ts'

interface Vector {
  name: string
  /** With its length. */
  bytes: string
  message?: PunchMessage
  error?: string
}
const vectors = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../protocols/punch/vectors/messages.json'), 'utf8')) as {
  cases: Vector[]
}
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

/** What a far side has written, in pieces of some size. */
async function written(bytes: Uint8Array, pieceBytes: number): Promise<PunchStream> {
  const [far, near] = memoryByteStreams()
  for (let i = 0; i < bytes.length; i += pieceBytes) await far.write(bytes.subarray(i, i + pieceBytes))
  await far.closeWrite()
  return new PunchStream(near)
}

test.each(vectors.cases.map((vector) => [vector.name, vector] as const))('vectors: %s', async (_, { bytes, message, error }) => {
  for (const pieceBytes of [1, 3, 10_000]) {
    const stream = await written(hex(bytes), pieceBytes)
    if (error !== undefined) await expect(codeOf(stream.read())).resolves.toBe(error)
    else await expect(stream.read()).resolves.toEqual(message)
  }
})

test('what is written can be read, and the end after it too', async () => {
  const [far, near] = memoryByteStreams()
  const [writer, reader] = [new PunchStream(far), new PunchStream(near)]
  const messages: PunchMessage[] = [
    { type: 'CONNECT', addresses: Array.from({ length: limits.punchAddresses }, (_, i) => `/ip6/2a01:10::${i + 1}/tcp/61234`) },
    { type: 'SYNC', addresses: [] },
  ]
  for (const message of messages) await writer.write(message)
  await writer.end()
  for (const message of messages) await expect(reader.read()).resolves.toEqual(message)
  await expect(reader.read()).resolves.toBeUndefined()
})

test('a message cut off at any byte is no message', async () => {
  const body = encodePunchMessage({ type: 'CONNECT', addresses: ['/ip4/45.10.0.10/tcp/61234'] })
  const whole = Uint8Array.of(body.length, ...body)
  for (let length = 1; length < whole.length; length++) {
    await expect(codeOf((await written(whole.subarray(0, length), 100)).read())).resolves.toBe('CLOSED')
    // After its type a message may end.
    if (length !== 3) expect(() => decodePunchMessage(body.subarray(0, length - 1))).toThrow()
  }
})

test('a length over the limit ends reading before the message has come', async () => {
  const [far, near] = memoryByteStreams()
  await far.write(hex('8120'))
  await expect(codeOf(new PunchStream(near).read())).resolves.toBe('TOO_LARGE')
})

test('a side that says nothing in time loses the stream', async () => {
  const [far, near] = memoryByteStreams()
  await far.write(hex('05'))
  await expect(codeOf(new PunchStream(near).read(20))).resolves.toBe('TIMEOUT')
  await expect(codeOf(far.read())).resolves.toBe('CLOSED')
})

test('no bytes whatever make decoding throw anything but our own error', () => {
  for (let i = 0; i < 2000; i++) {
    const bytes = crypto.getRandomValues(new Uint8Array(i % 64))
    try {
      decodePunchMessage(bytes)
    } catch (error) {
      expect(error).toMatchObject({ name: 'PorchlightError' })
    }
  }
})
