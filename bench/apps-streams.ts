// The plainest way that libp2p offers between two processes, for bench/apps.ts: 100 bytes there and back over raw streams, each its caller's own and
// kept, or a fresh one for every call. Arguments: calls, in flight.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import type { Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { timedCalls, type TimedCalls } from './timed-calls.ts'

const echo = '/bench/echo/1'
const many = { maxInboundStreams: 1024, maxOutboundStreams: 1024 }
const nodeAt = (listen: string[]) =>
  createLibp2p({
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux(many)],
    connectionMonitor: { enabled: false },
  })

async function serve(): Promise<void> {
  const node = await nodeAt(['/ip4/127.0.0.1/tcp/0'])
  await node.handle(
    echo,
    (stream) => {
      stream.addEventListener('message', ({ data }) => void stream.send(data))
      stream.addEventListener('remoteCloseWrite', () => void stream.close().catch(() => {}))
    },
    many,
  )
  process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
  process.on('disconnect', () => process.exit())
  process.send?.({ at: node.getMultiaddrs()[0]?.toString() })
}

const said = new Uint8Array(100).fill(0x78)
function ask(stream: Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.addEventListener('message', () => resolve(), { once: true })
    stream.addEventListener('close', () => reject(new Error('closed')), { once: true })
    stream.send(said)
  })
}

async function callAll(calls: number, inFlight: number): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: process.execArgv })
  const [{ at }] = (await once(child, 'message')) as [{ at: string }]
  const node = await nodeAt([])
  const connection = await node.dial(multiaddr(at))
  const open = (): Promise<Stream> => connection.newStream(echo, many)
  const measured = async (count: number, call: () => Promise<void>): Promise<TimedCalls & { serving: number }> => {
    await timedCalls(Math.ceil(count / 4), inFlight, call)
    const cpu = async (): Promise<number> => {
      child.send('cpu')
      const [{ cpu }] = (await once(child, 'message')) as [{ cpu: NodeJS.CpuUsage }]
      return cpu.user + cpu.system
    }
    const before = await cpu()
    const result = await timedCalls(count, inFlight, call)
    return { ...result, serving: Math.round(((await cpu()) - before) / count) }
  }
  const free: Stream[] = []
  const warm = await measured(calls, async () => {
    const stream = free.pop() ?? (await open())
    await ask(stream)
    free.push(stream)
  })
  for (const stream of free) stream.abort(new Error('done'))
  const fresh = await measured(Math.ceil(calls / 4), async () => {
    const stream = await open()
    await ask(stream)
    await stream.close()
  })
  await node.stop()
  child.disconnect()
  process.send?.({ warm, fresh })
}

if (process.argv[2] === 'serve') await serve()
else {
  await callAll(Number(process.argv[2]), Number(process.argv[3]))
  process.disconnect?.()
}
