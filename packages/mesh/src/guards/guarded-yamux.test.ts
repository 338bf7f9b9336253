import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { ConnectionEncrypter, MessageStream, StreamMuxer } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
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

const plain = async (): Promise<MessageStream> => multiaddrConnectionPair()[0]

/** What noise makes of a connection; it can be written to for as long as nobody has told it that the connection below is closing. */
async function secured(): Promise<MessageStream> {
  const [near, far] = multiaddrConnectionPair()
  const encrypter = async (): Promise<ConnectionEncrypter> => {
    const privateKey = await generateKeyPair('Ed25519')
    const upgrader = { getStreamMuxers: () => new Map() }
    return noise()({ privateKey, peerId: peerIdFromPrivateKey(privateKey), logger: { forComponent: () => near.log }, upgrader } as never)
  }
  const [one, other] = await Promise.all([encrypter(), encrypter()])
  const [{ connection }] = await Promise.all([one.secureOutbound(near), other.secureInbound(far)])
  return connection
}

/** A stream is opened when its connection can be written to no more, and what came over it is not all read. */
async function openWhileClosing(
  connect: () => Promise<MessageStream>,
  muxed: (connection: MessageStream) => StreamMuxer,
): Promise<unknown[]> {
  const connection = await connect()
  const muxer = muxed(connection)
  void connection.close()
  void Promise.resolve(muxer.createStream()).catch(() => {})
  await new Promise((done) => setTimeout(done, 20))
  return uncaught
}

const connections = [
  ['a connection', plain],
  ['a connection that noise encrypts', secured],
] as const

test.each(connections)('upstream: a stream that is opened while %s closes throws where nobody can catch it', async (_, connect) => {
  expect(await openWhileClosing(connect, (connection) => yamux()().createStreamMuxer(connection))).toMatchObject([
    { name: 'StreamStateError' },
  ])
})

test.each(connections)('a stream that is opened while %s closes does not end the process', async (_, connect) => {
  const guarded = guardedYamux()({ registrar: { getProtocols: () => [] } } as never)
  expect(await openWhileClosing(connect, (connection) => guarded.createStreamMuxer(connection))).toEqual([])
})
