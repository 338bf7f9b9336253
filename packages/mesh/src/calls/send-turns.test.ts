import type { Stream } from '@libp2p/interface'
import { expect, test, vi } from 'vitest'
import { SendTurns } from './send-turns.ts'

/** A connection that is full after each chunk, and the streams on it, woken by libp2p always in the same order. */
class FullConnection {
  readonly turns = new SendTurns()
  readonly streams: (Stream & { writableNeedsDrain: boolean; writeBufferLength: number })[] = []

  open(): Stream {
    const stream = { status: 'open', writableNeedsDrain: false, writeBufferLength: 0, dispatchEvent: vi.fn() }
    this.streams.push(stream as never)
    return stream as never
  }

  fill(): void {
    for (const stream of this.streams) stream.writableNeedsDrain = true
  }

  drain(): void {
    for (const stream of this.streams) {
      stream.writableNeedsDrain = false
      this.turns.moved()
    }
  }
}

test('a stream that has sent goes behind those that wait, whatever the order in which libp2p wakes them', async () => {
  const connection = new FullConnection()
  const order: string[] = []
  const senders = ['a', 'b', 'c'].map(async (name) => {
    const stream = connection.open()
    for (let chunk = 0; chunk < 3; chunk++) {
      await connection.turns.take(stream)
      order.push(name)
      connection.fill()
    }
  })
  for (let round = 0; round < 20; round++) {
    await new Promise((resolve) => setImmediate(resolve))
    connection.drain()
  }
  await Promise.all(senders)
  for (let i = 0; i + 3 <= order.length; i += 3) expect(new Set(order.slice(i, i + 3)).size).toBe(3)
})

test('a stream whose own window is full does not hold up the others', async () => {
  const connection = new FullConnection()
  const [stuck, other] = [connection.open(), connection.open()]
  Object.assign(stuck, { writeBufferLength: 1 })
  void connection.turns.take(stuck)
  await connection.turns.take(other)
})

test('a stream that closes while it waits is let go', async () => {
  const connection = new FullConnection()
  const stream = connection.open()
  connection.fill()
  const turn = connection.turns.take(stream)
  Object.assign(stream, { status: 'reset' })
  connection.turns.moved()
  await turn
})

test('a lost drain event is made up for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const connection = new FullConnection()
    const stream = connection.open()
    Object.assign(stream, { writeBufferLength: 1, writableNeedsDrain: true })
    stream.dispatchEvent = () => Object.assign(stream, { writeBufferLength: 0, writableNeedsDrain: false }) !== undefined
    const turn = connection.turns.take(stream)
    vi.advanceTimersByTime(1000)
    await turn
  } finally {
    vi.useRealTimers()
  }
})
