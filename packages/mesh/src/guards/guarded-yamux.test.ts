import { yamux } from '@chainsafe/libp2p-yamux'
import type { MessageStream, StreamMuxer } from '@libp2p/interface'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { guardedYamux } from './guarded-libp2p.ts'

const uncaught: unknown[] = []
const note = (error: unknown): void => void uncaught.push(error)
/** Vitest's own, which would count what upstream throws as a failure of this file. */
let others: NodeJS.UncaughtExceptionListener[]
beforeEach(() => {
  uncaught.length = 0
  others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException').on('uncaughtException', note)
})
afterEach(() => {
  process.removeListener('uncaughtException', note)
  for (const other of others) process.on('uncaughtException', other)
})

/** A stream is opened when its connection can be written to no more, and what came over it is not all read. */
async function openWhileClosing(muxed: (connection: MessageStream) => StreamMuxer): Promise<unknown[]> {
  const [connection] = multiaddrConnectionPair()
  const muxer = muxed(connection)
  void connection.close()
  void Promise.resolve(muxer.createStream()).catch(() => {})
  await new Promise((done) => setTimeout(done, 20))
  return uncaught
}

test('upstream: a stream that is opened while its connection closes throws where nobody can catch it', async () => {
  expect(await openWhileClosing((connection) => yamux()().createStreamMuxer(connection))).toMatchObject([{ name: 'StreamStateError' }])
})

test('a stream that is opened while its connection closes does not end the process', async () => {
  const guarded = guardedYamux()({ registrar: { getProtocols: () => [] } } as never)
  expect(await openWhileClosing((connection) => guarded.createStreamMuxer(connection))).toEqual([])
})
