import { limits } from '@porchlight/core'
import { circuitMessages as messages, memoryByteStreams } from '@porchlight/wire'
import { describe, expect, test } from 'vitest'
import { MessageStream } from './message-stream.ts'

const message = { type: messages.Hop.Type.CONNECT, peer: { id: new Uint8Array(300).fill(7), addrs: [] } }

async function bytesOfMessage(): Promise<Uint8Array> {
  const [near, far] = memoryByteStreams()
  await new MessageStream(near).writeMessage(messages.Hop, message)
  const written = await far.read()
  return written!.slice()
}

describe('a message of circuit relay', () => {
  test('is read in whatever pieces it comes, and what follows it is read on as it is', async () => {
    const bytes = await bytesOfMessage()
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      const [near, far] = memoryByteStreams()
      const stream = new MessageStream(near)
      await far.write(bytes.slice(0, cut))
      await far.write(bytes.slice(cut))
      await far.write(Uint8Array.of(9, 9))
      await far.closeWrite()
      expect(await stream.readMessage(messages.Hop)).toMatchObject({ type: 'CONNECT', peer: { id: message.peer.id } })
      expect(Array.from((await stream.read())!.slice())).toEqual([9, 9])
      expect(await stream.read()).toBeUndefined()
    }
  })

  test('that is cut off anywhere is CLOSED', async () => {
    const bytes = await bytesOfMessage()
    for (let length = 0; length < bytes.length; length += 1) {
      const [near, far] = memoryByteStreams()
      await far.write(bytes.slice(0, length))
      await far.closeWrite()
      await expect(new MessageStream(near).readMessage(messages.Hop)).rejects.toMatchObject({ code: 'CLOSED' })
    }
  })

  test.each([
    ['a length above the limit', [0x81 + (limits.relayMessageBytes & 0x7f), limits.relayMessageBytes >> 7]],
    ['a length prefix of three bytes', [0x80, 0x80]],
  ])('with %s is TOO_LARGE before anything of it came', async (_what, bytes) => {
    const [near, far] = memoryByteStreams()
    await far.write(Uint8Array.from(bytes))
    await expect(new MessageStream(near).readMessage(messages.Hop)).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })

  test('that is none is BAD_REQUEST', async () => {
    const [near, far] = memoryByteStreams()
    await far.write(Uint8Array.of(3, 0xff, 0xff, 0xff))
    await expect(new MessageStream(near).readMessage(messages.Hop)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})
