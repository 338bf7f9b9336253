import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { upnpNat, type Gateway } from '@achingbrain/nat-port-mapper'
import { expect, onTestFinished, test } from 'vitest'
import { endEntry, ownerOfEntry } from './router-entry.ts'

const [device, service] = ['urn:schemas-upnp-org:device:InternetGatewayDevice:2', 'urn:schemas-upnp-org:service:WANIPConnection:2']
const description = `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>${device}</deviceType><UDN>uuid:1</UDN>
<serviceList><service><serviceType>${service}</serviceType><controlURL>/control</controlURL><SCPDURL>/scpd</SCPDURL></service></serviceList></device></root>`
const envelope = (body: string): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`
const fault = (code: number): string =>
  envelope(
    `<s:Fault><detail><UPnPError><errorCode>${code}</errorCode><errorDescription>no</errorDescription></UPnPError></detail></s:Fault>`,
  )

/** A router that reads strictly: a protocol has to be named. It gives another outer port than was asked for when that one is taken. */
async function strictRouter(entries: Map<string, string>): Promise<Gateway> {
  const answer = (action: string, of: (name: string) => string): string | number => {
    const port = of('NewExternalPort')
    if (action === 'GetExternalIPAddress') return '<NewExternalIPAddress>51.20.0.2</NewExternalIPAddress>'
    if (action === 'AddAnyPortMapping') {
      const free = entries.has(port) ? String(Number(port) + 1) : port
      entries.set(free, of('NewInternalClient'))
      return `<NewReservedPort>${free}</NewReservedPort>`
    }
    if (of('NewProtocol') !== 'TCP') return 402
    const client = entries.get(port)
    if (client === undefined) return 714
    if (action === 'DeletePortMapping') return entries.delete(port) ? '' : 714
    return action === 'GetSpecificPortMappingEntry' ? `<NewInternalClient>${client}</NewInternalClient>` : 401
  }
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray()).toString()
    const [, action = ''] = /<u:(\w+)/.exec(body) ?? []
    const said = action === '' ? description : answer(action, (name) => new RegExp(`<${name}>([^<]*)<`).exec(body)?.[1] ?? '')
    response.writeHead(typeof said === 'number' ? 500 : 200, { 'content-type': 'text/xml', connection: 'close' })
    if (typeof said === 'number') response.end(fault(said))
    else response.end(action === '' ? said : envelope(`<u:${action}Response xmlns:u="${service}">${said}</u:${action}Response>`))
  }
  const server = createServer((request, response) => void reply(request, response).catch(() => response.destroy())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return upnpNat({ autoRefresh: true }).getGateway(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`))
}

const soon = () => ({ signal: AbortSignal.timeout(3000) })

test('the owner of an outer port is told by the router, through what the library keeps to itself', async () => {
  const router = await strictRouter(
    new Map([
      ['1', '192.168.1.10'],
      ['2', '192.168.1.66'],
    ]),
  )
  const owner = (port: number) => ownerOfEntry(router, port, '192.168.1.10', soon())
  expect([await owner(1), await owner(2), await owner(3)]).toEqual(['ours', 'another', 'nobody'])
  expect(await ownerOfEntry(router, 1, '192.168.1.10', { signal: AbortSignal.abort() })).toBe('unknown')
})

test('ending takes back the port that the router chose, and leaves alone the one that was wished for and is another’s', async () => {
  const entries = new Map([['4101', '192.168.1.66']])
  const router = await strictRouter(entries)
  const { externalPort } = await router.map(4101, '192.168.1.10', { ...soon(), protocol: 'TCP' })
  expect(externalPort).toBe(4102)
  await endEntry(router, externalPort, soon())
  expect([...entries]).toEqual([['4101', '192.168.1.66']])
})

// Fails when the library names the outer port and the protocol: then `endEntry` may go.
test('the library’s own way leaves the port forwarded', async () => {
  const entries = new Map([['4101', '192.168.1.66']])
  const router = await strictRouter(entries)
  await router.map(4101, '192.168.1.10', { ...soon(), protocol: 'TCP' })
  await router.stop(soon())
  expect([...entries.keys()]).toEqual(['4101', '4102'])
})
