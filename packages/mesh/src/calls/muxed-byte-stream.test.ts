import type { Socket } from 'node:net'
import type { Connection, Libp2p } from '@libp2p/interface'
import { limits } from '@porchlight/core'
import type { ByteStream } from '@porchlight/wire'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MuxedByteStream } from './muxed-byte-stream.ts'
import { SendTurns } from './send-turns.ts'
import { codeOf } from '../testing/loopback.ts'
import { plainNode } from '../testing/plain-node.ts'

const MiB = 1024 * 1024
let near: Libp2p
let far: Libp2p
let turns: SendTurns

beforeEach(async () => {
  near = await plainNode()
  far = await plainNode()
  turns = new SendTurns()
})
afterEach(async () => {
  await Promise.all([near.stop(), far.stop()])
})

async function pair(protocol = '/test/bytes/1'): Promise<[MuxedByteStream, MuxedByteStream]> {
  const arrived = Promise.withResolvers<MuxedByteStream>()
  const farTurns = new SendTurns()
  await far.handle(protocol, (stream) => arrived.resolve(new MuxedByteStream(stream, farTurns)), { force: true, maxInboundStreams: 64 })
  const stream = new MuxedByteStream(await near.dialProtocol(far.getMultiaddrs(), protocol), turns)
  return [stream, await arrived.promise]
}

/** Writes zeros until told otherwise. @returns how much was taken so far */
function pour(
  stream: ByteStream,
  totalBytes: number,
  pieceBytes: number = 64 * 1024,
): { readonly writtenBytes: number; readonly done: Promise<void> } {
  const state = { writtenBytes: 0, done: Promise.resolve() }
  state.done = (async () => {
    while (state.writtenBytes < totalBytes) {
      const piece = new Uint8Array(Math.min(pieceBytes, totalBytes - state.writtenBytes)).fill(state.writtenBytes / pieceBytes)
      await stream.write(piece)
      state.writtenBytes += piece.byteLength
    }
    await stream.closeWrite()
  })()
  return state
}

/** Resolves when the value has not changed for many rounds of the event loop and a while. */
async function settled(value: () => number): Promise<number> {
  for (let same = 0, last = value(); ;) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    if (value() !== last) [same, last] = [0, value()]
    else if (++same === 30) return last
  }
}

async function readAll(stream: ByteStream): Promise<number> {
  let total = 0
  for (let bytes = await stream.read(); bytes; bytes = await stream.read()) total += bytes.byteLength
  return total
}

describe('a slow reader', () => {
  test('makes the writer wait, and holds no more than its bound', async () => {
    const [writer, reader] = await pair()
    const poured = pour(writer, 64 * MiB)
    await reader.read()
    const taken = await settled(() => poured.writtenBytes)
    const kernelBytes = 8 * MiB
    expect(taken).toBeLessThan(limits.readBufferBytes + limits.writeBufferBytes + kernelBytes)
    expect(reader.receivedBytes).toBeLessThan(limits.readBufferBytes)
    writer.abort(new Error('enough'))
    await codeOf(poured.done)
  })

  test('loses nothing of 64 MiB, though the writer closed long before it reads', async () => {
    const [writer, reader] = await pair()
    const poured = pour(writer, 64 * MiB)
    await reader.closeWrite()
    let total = 0
    for (let bytes = await reader.read(); bytes; bytes = await reader.read()) {
      total += bytes.byteLength
      if (total % (4 * MiB) < 64 * 1024) await settled(() => poured.writtenBytes)
    }
    await poured.done
    expect(total).toBe(64 * MiB)
    expect(reader.signal.aborted).toBe(false)
  }, 60_000)

  test('that waits for what is still to come gets bytes in order', async () => {
    const [writer, reader] = await pair()
    const poured = pour(writer, 2 * MiB, 1000)
    const seen = new Uint8Array(2 * MiB)
    let at = 0
    for (let bytes = await reader.read(); bytes; bytes = await reader.read()) {
      seen.set(bytes.subarray(), at)
      at += bytes.byteLength
    }
    await poured.done
    expect(at).toBe(seen.byteLength)
    expect(seen.every((byte, index) => byte === Math.floor(index / 1000) % 256)).toBe(true)
  })
})

describe('the end of a stream', () => {
  test('reads undefined after a close, when everything was read', async () => {
    const [writer, reader] = await pair()
    await writer.write(new Uint8Array([1, 2, 3]))
    await writer.closeWrite()
    expect((await reader.read())?.byteLength).toBe(3)
    expect(await reader.read()).toBeUndefined()
    expect(await codeOf(writer.write(new Uint8Array(1)))).toBe('CLOSED')
  })

  test('by abort is CLOSED on the other side, in a pending read, a write and the signal', async () => {
    const [writer, reader] = await pair()
    const pending = codeOf(reader.read())
    writer.abort(new Error('gone'))
    expect(await pending).toBe('CLOSED')
    expect(reader.signal.aborted).toBe(true)
    expect(writer.signal.aborted).toBe(true)
    expect(await codeOf(reader.write(new Uint8Array(1)))).toBe('CLOSED')
    expect(await codeOf(writer.read())).toBe('CLOSED')
  })

  test.each([
    ['reset', (connection: Connection) => connection.abort(new Error('cable pulled'))],
    [
      'closed without a word',
      (connection: Connection) => (connection as unknown as { maConn: { socket: Socket } }).maConn.socket.destroy(),
    ],
  ])('by loss of the connection, %s, is CLOSED, not an end', async (_, lose) => {
    const [writer, reader] = await pair()
    await writer.write(new Uint8Array(100))
    await reader.read()
    const pending = codeOf(reader.read())
    for (const connection of near.getConnections()) lose(connection)
    expect(await pending).toBe('CLOSED')
    expect(reader.signal.aborted).toBe(true)
  })

  test('wakes a writer that waits for room', async () => {
    const [writer, reader] = await pair()
    const poured = pour(writer, 64 * MiB)
    const failed = codeOf(poured.done)
    await settled(() => poured.writtenBytes)
    reader.abort(new Error('gone'))
    expect(await failed).toBe('CLOSED')
  })
})

describe('several senders on one connection', () => {
  test('a small message overtakes bulk that began before it', async () => {
    const [bulk, bulkReader] = await pair('/test/bulk/1')
    const [small, smallReader] = await pair('/test/small/1')
    let ended = false
    const poured = pour(bulk, 64 * MiB)
    const all = readAll(bulkReader).then((total) => {
      ended = true
      return total
    })
    await expect.poll(() => poured.writtenBytes).toBeGreaterThan(4 * MiB)
    await small.write(new Uint8Array(100))
    await smallReader.read()
    expect(ended).toBe(false)
    expect(await all).toBe(64 * MiB)
  })

  test('share it: none of four is done before the others are well under way', async () => {
    const pairs = [await pair('/test/a/1'), await pair('/test/b/1'), await pair('/test/c/1'), await pair('/test/d/1')]
    const poured = pairs.map(([writer]) => pour(writer, 16 * MiB))
    const progress = await Promise.race(
      pairs.map(async ([, reader]) => (await readAll(reader), pairs.map(([, other]) => other.receivedBytes))),
    )
    for (const receivedBytes of progress) expect(receivedBytes).toBeGreaterThan(8 * MiB)
    await Promise.all([...poured.map(({ done }) => done), ...pairs.map(([, reader]) => readAll(reader).catch(() => 0))])
  })
})
