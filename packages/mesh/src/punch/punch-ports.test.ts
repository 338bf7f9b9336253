import { limits } from '@porchlight/core'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { codeOf, PunchPorts } from './punch-ports.ts'

const sockets: Socket[] = []
const servers: Server[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))))
})

async function listening(port = 0, host = '127.0.0.1'): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  servers.push(server)
  await new Promise<void>((done) => server.listen(port, host, done))
  return (server.address() as AddressInfo).port
}

async function dial(port: number, localPort: number | undefined, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host, port, ...(localPort === undefined ? {} : { localPort }) })
  sockets.push(socket)
  await new Promise((done, fail) => socket.once('connect', done).once('error', fail))
  return socket
}

const ports = (): PunchPorts => new PunchPorts(Math.random)

test.each(['127.0.0.1', '::1'])('one port serves connections to any number of hosts: %s', async (host) => {
  const punch = ports()
  const far = [await listening(0, host), await listening(0, host), await listening(0, host)]
  const near = []
  for (const port of far) near.push((await punch.dialFrom((localPort) => dial(port, localPort, host))).localPort)
  expect(new Set(near)).toEqual(new Set([punch.first]))
})

test('a second connection to the same end comes from the next port, and the first port stays the preferred one', async () => {
  const punch = ports()
  const [far, other] = [await listening(), await listening()]
  const first = await punch.dialFrom((localPort) => dial(far, localPort))
  const second = await punch.dialFrom((localPort) => dial(far, localPort))
  expect(second.localPort).not.toBe(first.localPort)
  expect(punch.has(second.localPort)).toBe(true)
  expect((await punch.dialFrom((localPort) => dial(other, localPort))).localPort).toBe(first.localPort)
})

test('when no port works any more, the system chooses one', async () => {
  const punch = ports()
  const far = await listening()
  const near = []
  for (let i = 0; i <= limits.punchPorts; i++) near.push((await punch.dialFrom((localPort) => dial(far, localPort))).localPort)
  expect(near.map((port) => punch.has(port))).toEqual([true, true, true, true, false])
})

test('a port that another program listens on is given up for good', async () => {
  const punch = ports()
  const taken = punch.first
  await listening(taken)
  const far = await listening()
  expect(punch.has((await punch.dialFrom((localPort) => dial(far, localPort))).localPort)).toBe(true)
  expect(punch.has(taken)).toBe(false)
})

test('a host that refuses is not dialled again from another port', async () => {
  const punch = ports()
  let dials = 0
  const refused = punch.dialFrom(async (localPort) => {
    dials++
    return dial(1, localPort)
  })
  await expect(refused.catch(codeOf)).resolves.toBe('ECONNREFUSED')
  expect(dials).toBe(1)
})

test.each([
  ['/ip4/45.10.0.10/tcp/4242', true],
  ['/ip6/2a01::1/tcp/4242/p2p/12D3KooWA', true],
  ['/ip4/192.168.1.2/tcp/4242', false],
  ['/ip4/45.10.0.10/tcp/4242/p2p/12D3KooWA/p2p-circuit', false],
  ['/ip4/45.10.0.10/udp/4242', false],
  ['/dns4/porch.example/tcp/4242', false],
])('whether %s is dialled from a punch port: %s', (address, expected) => {
  expect(ports().areFor(address)).toBe(expected)
})
