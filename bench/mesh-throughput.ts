// MB/s of one gate call against one raw libp2p stream with the same transport, encryption and muxer settings, in the same run, over loopback
// between two processes.
// Run: node --conditions=@porchlight/source --experimental-transform-types bench/mesh-throughput.ts [MiB]
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { deviceId, limits } from '@porchlight/core'
import { createMesh } from '@porchlight/mesh'
import { generateKey } from '@porchlight/wire'
import { createLibp2p } from 'libp2p'

const totalBytes = Number(process.argv[2] ?? 256) * 1024 * 1024
const rounds = 3
const rawProtocol = '/bench/raw/1'
const self = fileURLToPath(import.meta.url)

const yamuxOptions = { streamOptions: { maxStreamWindowSize: limits.streamWindowBytes, maxReadBufferLength: limits.readBufferBytes } }
const rawNode = (listen: string[]) =>
  createLibp2p({
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux(yamuxOptions)],
    connectionMonitor: { enabled: false },
  })

/** The receiving process: prints its addresses, then counts what arrives and confirms with the number of bytes. */
async function receive(): Promise<void> {
  const gated = await createMesh({
    key: await generateKey(),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
    gate: () => ({
      allow: true,
      household: undefined,
      scopes: new Set(),
      signal: new AbortController().signal,
      done: () => {},
      handler: async (call) => {
        let received = 0
        for await (const message of call.messages) received += message.byteLength
        return new TextEncoder().encode(String(received))
      },
    }),
  })
  const raw = await rawNode(['/ip4/127.0.0.1/tcp/0'])
  await raw.handle(rawProtocol, (stream) => {
    let received = 0
    stream.addEventListener('message', (event) => {
      received += event.data.byteLength
      if (received === totalBytes) stream.send(new Uint8Array([1]))
    })
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ device: gated.device, gate: gated.addresses(), raw: raw.getMultiaddrs()[0]?.toString() })
}

interface Figures {
  /** 10^6 bytes a second. */
  readonly MBs: number
  /** User and system seconds of the sending process per GiB: what stays comparable on a busy machine. */
  readonly cpuPerGiB: number
}

async function timed(run: () => Promise<void>): Promise<Figures> {
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  await run()
  const { user, system } = process.cpuUsage(cpu)
  return { MBs: totalBytes / 1e3 / (performance.now() - from), cpuPerGiB: (((user + system) / 1e6) * 2 ** 30) / totalBytes }
}

async function send(child: ChildProcess): Promise<void> {
  const [hello] = (await once(child, 'message')) as [{ device: string; gate: string[]; raw: string }]
  const mesh = await createMesh({ key: await generateKey(), listen: [], mdns: false, gate: () => ({ allow: false }) })
  const device = deviceId(hello.device)
  mesh.keep(device, hello.gate)
  const raw = await rawNode([])
  const chunk = new Uint8Array(limits.dataChunkBytes).fill(7)

  const overGate = async (): Promise<void> => {
    const call = await mesh.call(device, { protocol: '/bench/bulk/1', method: 'put', streaming: true, deadlineMs: 0 })
    for (let sent = 0; sent < totalBytes; sent += chunk.byteLength) await call.send(chunk)
    await call.end()
    if (Number(new TextDecoder().decode(await call.result())) !== totalBytes) throw new Error('bytes were lost')
  }
  const overRaw = async (): Promise<void> => {
    const stream = await raw.dialProtocol(multiaddr(hello.raw), rawProtocol)
    const confirmed = once(stream as never, 'message')
    for (let sent = 0; sent < totalBytes; sent += chunk.byteLength) {
      if (!stream.send(chunk)) await new Promise((resolve) => stream.addEventListener('drain', resolve, { once: true }))
    }
    await confirmed
    await stream.close()
  }
  const results: { gate: Figures[]; raw: Figures[] } = { gate: [], raw: [] }
  for (let round = 0; round <= rounds; round++) {
    const [gate, plain] = [await timed(overGate), await timed(overRaw)]
    if (round === 0) continue // warms both up
    results.gate.push(gate)
    results.raw.push(plain)
  }
  const median = (of: Figures[], figure: keyof Figures): number =>
    of.map((each) => each[figure]).toSorted((a, b) => a - b)[of.length >> 1] ?? 0
  const line = (name: string, of: Figures[]): string =>
    `${name}  ${median(of, 'MBs').toFixed(0)} MB/s  ${median(of, 'cpuPerGiB').toFixed(1)} s of CPU per GiB sent\n`
  const ratio = median(results.gate, 'MBs') / median(results.raw, 'MBs')
  process.stdout.write(`${line('gate call ', results.gate)}${line('raw stream', results.raw)}ratio       ${ratio.toFixed(2)}\n`)
  await mesh.stop()
  await raw.stop()
}

if (process.send) {
  await receive()
} else {
  const child = fork(self, process.argv.slice(2), { execArgv: process.execArgv })
  try {
    await send(child)
  } finally {
    child.disconnect()
  }
}
