// MB/s of one call through a relay against the same call direct, in the same run, over loopback between three processes.
// Run: node --conditions=@porchlight/source --experimental-transform-types bench/relay.ts [MiB]
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DeviceId } from '@porchlight/core'
import { createMesh, type Mesh } from '@porchlight/mesh'
import { generateKey } from '@porchlight/wire'

const totalBytes = Number(process.argv[2] ?? 128) * 1024 * 1024
const rounds = 3
const self = fileURLToPath(import.meta.url)

interface Hello {
  readonly device: DeviceId
  readonly addresses: readonly string[]
}

const node = async (listen: readonly string[]): Promise<Mesh> =>
  createMesh({
    key: await generateKey(),
    listen,
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

/** The relay, and the home that takes what is sent: each a process of its own. */
async function serve(role: string): Promise<void> {
  process.on('disconnect', () => process.exit())
  const mesh = await node(['/ip4/127.0.0.1/tcp/0'])
  if (role === 'relay')
    await mesh.relaying.start({
      mayReserve: () => true,
      carry: () => ({ signal: new AbortController().signal, done: () => {} }),
    })
  process.on('message', (relay: Hello) => {
    mesh.on('reservations', () => {
      if (mesh.reservations().some(({ state }) => state === 'held')) process.send?.({ held: true })
    })
    mesh.useRelays([relay])
  })
  process.send?.({ device: mesh.device, addresses: mesh.addresses() })
}

async function started(role: string): Promise<{ child: ChildProcess; hello: Hello }> {
  const child = fork(self, [], { env: { ...process.env, ROLE: role } })
  const [hello] = (await once(child, 'message')) as [Hello]
  return { child, hello }
}

/** MB/s of one streaming call. */
async function send(mesh: Mesh, to: DeviceId): Promise<number> {
  const chunk = new Uint8Array(64 * 1024)
  const call = await mesh.call(to, { protocol: '/bench/relay/1', method: 'send', streaming: true, deadlineMs: 0 })
  const from = performance.now()
  for (let sent = 0; sent < totalBytes; sent += chunk.length) await call.send(chunk)
  await call.end()
  const taken = Number(new TextDecoder().decode(await call.result()))
  if (taken !== totalBytes) throw new Error(`${taken} of ${totalBytes} bytes arrived`)
  return totalBytes / 1e6 / ((performance.now() - from) / 1000)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** A new sender for each way, so that each has one connection only. */
async function way(home: DeviceId, address: string): Promise<number> {
  await using mesh = await node([])
  mesh.keep(home, [address])
  return await send(mesh, home)
}

async function main(): Promise<void> {
  const relay = await started('relay')
  const home = await started('home')
  const held = once(home.child, 'message')
  home.child.send(relay.hello)
  await held
  const direct: number[] = []
  const relayed: number[] = []
  for (let round = 0; round < rounds; round++) {
    direct.push(await way(home.hello.device, home.hello.addresses[0]!))
    relayed.push(await way(home.hello.device, `${relay.hello.addresses[0]!}/p2p-circuit`))
  }
  console.log(
    `${totalBytes / 1048576} MiB, medians of ${rounds}: direct ${median(direct).toFixed(0)} MB/s, through a relay ${median(relayed).toFixed(0)} MB/s, ratio ${(median(relayed) / median(direct)).toFixed(2)}`,
  )
  relay.child.disconnect()
  home.child.disconnect()
}

await (process.env['ROLE'] === undefined ? main() : serve(process.env['ROLE']))
