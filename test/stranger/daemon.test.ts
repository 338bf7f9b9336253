import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBulkApp } from '../harness/bulk-app.ts'
import { get } from '../harness/guest-http.ts'
import { Home, pair, shareAndAccept } from '../harness/home.ts'
import { identifyAsStranger, openAsStranger, openFrame } from './stranger.ts'

const opens = 10_000
const MB = 1e6
const ownIds = [
  '/ipfs/id/1.0.0',
  '/ipfs/id/push/1.0.0',
  '/ipfs/ping/1.0.0',
  '/libp2p/circuit/relay/0.2.0/stop',
  '/libp2p/dcutr',
  '/porchlight/gate/1',
]

describe('a stranger at the door of a daemon that shares something', () => {
  let ben: Home
  let ana: Home
  let app: Awaited<ReturnType<typeof startBulkApp>>
  let url: string
  let address: string

  beforeAll(async () => {
    app = await startBulkApp()
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
    url = (await shareAndAccept(ben, ana, `http://127.0.0.1:${app.port}`, 'photos')).url
    address = (await ben.cli('status')).addresses[0]
  })
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
    await app?.[Symbol.asyncDispose]()
  })

  const sample = async (): Promise<{ rssMB: number; files: number }> => ({
    rssMB: Math.round((await ben.rssBytes()) / MB),
    files: readdirSync(`/proc/${ben.pid}/fd`).length,
  })

  /** A service that exists, one that does not, a protocol nobody serves, consent messages, and a path trick. */
  function frame(index: number): Uint8Array {
    switch (index % 5) {
      case 0:
        return openFrame({ protocol: '/porchlight/share/1', method: 'http', location: 'photos', streaming: true })
      case 1:
        return openFrame({ protocol: '/porchlight/share/1', method: 'http', location: 'diary' })
      case 2:
        return openFrame({ protocol: '/somebody/else/1', method: 'list' })
      case 3:
        return openFrame({ protocol: '/porchlight/consent/1', method: 'ask', payload: new Uint8Array(500) })
      default:
        return openFrame({ protocol: '/porchlight/share/1', method: 'constructor', location: '../photos' })
    }
  }

  test('sees in identify only the ids of libp2p and of the gate', async () => {
    const { protocols } = await identifyAsStranger(address)
    expect(protocols.toSorted()).toEqual(ownIds)
  })

  test(`gets the same bytes for every refusal, and ${opens} opens leave the daemon as it was`, async () => {
    const before = await sample()
    const { counts } = await openAsStranger(address, opens, frame)
    expect([...counts.values()]).toEqual([opens])
    expect([...counts.keys()]).not.toContain('closed')
    await expect.poll(async () => (await sample()).files).toBeLessThanOrEqual(before.files)
    const once = await sample()
    await openAsStranger(address, opens, frame)
    await expect.poll(async () => (await sample()).files).toBeLessThanOrEqual(before.files)
    const twice = await sample()
    console.log(
      `RSS of the daemon: ${before.rssMB} MB before, ${once.rssMB} after ${opens} opens, ${twice.rssMB} after ${2 * opens}; open files ${before.files}, ${once.files}, ${twice.files}`,
    )
    expect(twice.rssMB).toBeLessThan(before.rssMB + 50)
    expect((await get(`${url}?bytes=65536`)).statusCode).toBe(200)
    const log = await ben.cli('log', '--verify')
    expect(log.ok).toBe(true)
    // The flood of refusals left a few entries, not twenty thousand.
    expect(log.entries).toBeLessThan(200)
  })
})
