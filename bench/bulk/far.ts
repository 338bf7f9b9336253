// The far end of bench/bulk/main.ts, a process of its own. Argument: a JSON object with the home and the token of a daemon, if there is one.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stream } from '@libp2p/interface'
import { createMesh } from '@porchlight/mesh'
import { createNode, embed } from '@porchlight/node'
import { connect, type IncomingCall, type Porchlight } from '@porchlight/sdk'
import { generateKey, type ServerCall } from '@porchlight/wire'
import { bulk, chunk, rawGet, rawNode, rawPut } from './protocol.ts'
import { pour } from './ways.ts'

/** What the near end has to know. */
export interface Hello {
  readonly raw: string
  readonly gate: { readonly device: string; readonly addresses: readonly string[] }
  readonly invite: string
  readonly dir: string
}

const loopback = ['/ip4/127.0.0.1/tcp/0']

/** Counts what the other side sends and says how much that was. */
async function take(call: ServerCall | IncomingCall): Promise<void> {
  let received = 0
  for await (const message of call.messages) received += message.byteLength
  await call.send(new TextEncoder().encode(String(received)))
}

async function give(bytes: number, call: ServerCall | IncomingCall): Promise<void> {
  for (let sent = 0; sent < bytes; sent += chunk.byteLength) await call.send(chunk)
}

async function serveRaw(): Promise<string> {
  const raw = await rawNode(loopback)
  await raw.handle(rawPut, (stream) => {
    let [received, expected] = [0, -4]
    stream.addEventListener('message', ({ data }) => {
      // The first four bytes say how many follow.
      if (expected < 0) expected = 4 + data.subarray(0, 4).reduce((sum, byte) => sum * 256 + byte, 0)
      received += data.byteLength
      if (received === expected) stream.send(new Uint8Array(1))
    })
  })
  await raw.handle(rawGet, (stream: Stream) => {
    stream.addEventListener('message', ({ data }) => {
      const bytes = data.subarray(0, 4).reduce((sum, byte) => sum * 256 + byte, 0)
      void pour(stream, bytes).then(() => stream.close())
    })
  })
  return String(raw.getMultiaddrs()[0])
}

async function serveGate(): Promise<Hello['gate']> {
  const mesh = await createMesh({
    key: await generateKey(),
    listen: loopback,
    mdns: false,
    gate: ({ method }) => ({
      allow: true,
      household: undefined,
      scopes: new Set(),
      signal: new AbortController().signal,
      done: () => {},
      handler: (call) => (method === 'put' ? take(call) : give(Number(new TextDecoder().decode(call.payload)), call)),
    }),
  })
  return { device: mesh.device, addresses: mesh.addresses() }
}

const serveBulk = (household: Porchlight): Promise<AsyncDisposable> =>
  household.serve(bulk, { put: (_input, call) => take(call), get: (bytes, call) => give(bytes, call) })

const dir = await mkdtemp(join(tmpdir(), 'porchlight-bulk-'))
const node = await createNode({ dir, name: 'ben', listen: loopback, mdns: false })
const ben = embed(node)
await serveBulk(ben)
// What a person does, who sees the card and says yes.
ben.on('ask.changed', () => {
  const ask = node.asks().find(({ kind }) => kind === 'ask')
  if (ask) void node.approve(ask.id, { shown: ask.card.hash })
})
const daemon = JSON.parse(process.argv[2] ?? 'null') as { home: string; token: string } | null
if (daemon) await serveBulk(await connect({ app: 'Bulk', ...daemon }))
process.on('disconnect', () => process.exit())
process.send?.({
  raw: await serveRaw(),
  gate: await serveGate(),
  invite: (await node.createInvite({ petname: 'ana' })).link,
  dir,
} satisfies Hello)
