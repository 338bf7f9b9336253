import type { Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { deviceId } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import type { Porchlight } from '@porchlight/sdk'
import type { ClientCall } from '@porchlight/wire'
import type { Hello } from './far.ts'
import { bulk, chunk, gateProtocol, rawGet, rawPut, room } from './protocol.ts'

/** A way for bytes to the far end and back. Resolves when all have arrived. */
export interface Way {
  readonly name: string
  put(bytes: number): Promise<void>
  get(bytes: number): Promise<void>
}

const bigEndian = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** Sends so many bytes as fast as a raw stream takes them. */
export async function pour(stream: Stream, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes; sent += chunk.byteLength) {
    if (!stream.send(chunk)) await new Promise((resolve) => stream.addEventListener('drain', resolve, { once: true }))
  }
}

/** A raw stream whose every message is counted, which is the least that a reader can do. */
export function rawWay(libp2p: Libp2p, hello: Hello): Way {
  /** @returns a promise of the moment when so many bytes were here */
  const arrival = (stream: Stream, bytes: number): Promise<void> =>
    new Promise((resolve) => {
      let received = 0
      stream.addEventListener('message', ({ data }) => {
        received += data.byteLength
        if (received >= bytes) resolve()
      })
    })
  return {
    name: 'raw libp2p stream',
    put: async (bytes) => {
      const stream = await libp2p.dialProtocol(multiaddr(hello.raw), rawPut)
      const confirmed = arrival(stream, 1)
      stream.send(bigEndian(bytes))
      await pour(stream, bytes)
      await confirmed
      await stream.close()
    },
    get: async (bytes) => {
      const stream = await libp2p.dialProtocol(multiaddr(hello.raw), rawGet)
      const arrived = arrival(stream, bytes)
      stream.send(bigEndian(bytes))
      await arrived
      await stream.close()
    },
  }
}

async function put(call: ClientCall, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes; sent += chunk.byteLength) await call.send(chunk)
  await call.end()
  let said = ''
  for await (const message of call.messages) said += new TextDecoder().decode(message)
  if (Number(said) !== bytes) throw new Error(`${said} of ${bytes} bytes arrived`)
}

async function get(call: ClientCall, bytes: number): Promise<void> {
  let received = 0
  for await (const message of call.messages) received += message.byteLength
  if (received !== bytes) throw new Error(`${received} of ${bytes} bytes arrived`)
  await call.end()
}

/** A streaming call through the mesh, whose gate lets everybody in. */
export function gateWay(mesh: Mesh, { gate }: Hello): Way {
  const device = deviceId(gate.device)
  mesh.keep(device, gate.addresses)
  const begin = (method: string, payload = ''): Promise<ClientCall> =>
    mesh.call(device, { protocol: gateProtocol, method, payload: new TextEncoder().encode(payload), streaming: true, deadlineMs: 0 })
  return {
    name: 'bare gate call',
    put: async (bytes) => put(await begin('put'), bytes),
    get: async (bytes) => get(await begin('get', String(bytes)), bytes),
  }
}

/** A stream method of a protocol, through the object that apps hold, under a grant. */
export function sdkWay(name: string, household: Porchlight): Way {
  const ben = household.client('ben', bulk, { location: room })
  return {
    name,
    put: async (bytes) => put(await ben.put(), bytes),
    get: async (bytes) => get(await ben.get(bytes), bytes),
  }
}
