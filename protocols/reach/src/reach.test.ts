import { readFileSync } from 'node:fs'
import { limits, type DeviceId } from '@porchlight/core'
import { expect, it } from 'vitest'
import { reachProtocol } from './definition.ts'
import { serveReach, type ReachHost } from './serve-reach.ts'

const ana = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5' as DeviceId
const ben = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq' as DeviceId

function answering(host: Partial<ReachHost> = {}) {
  const tried: string[] = []
  const handlers = serveReach({
    seenAt: () => '/ip4/51.20.0.2/tcp/50123',
    probe: (_, address) => {
      tried.push(address)
      return Promise.resolve(true)
    },
    nowMs: () => 1_800_000_000_000,
    ...host,
  })
  const look = (port: number, device = ana) => handlers.look({ port }, { device, signal: new AbortController().signal } as never)
  return { look, tried }
}

it('the port asked about is tried at the address the caller talks from, and nowhere else', async () => {
  const { look, tried } = answering()
  expect(await look(4001)).toEqual({ address: '/ip4/51.20.0.2/tcp/50123', outcome: 'answered', atMs: 1_800_000_000_000 })
  expect(tried).toEqual(['/ip4/51.20.0.2/tcp/4001'])
})

it('IPv6 too', async () => {
  const { look, tried } = answering({ seenAt: () => '/ip6/2a01:20:1::10/tcp/50123' })
  await look(4001)
  expect(tried).toEqual(['/ip6/2a01:20:1::10/tcp/4001'])
})

it.each([
  ['without a port', 0, '/ip4/51.20.0.2/tcp/50123'],
  ['for a caller behind a relay', 4001, undefined],
  ['for a caller at an address that is no plain one', 4001, '/dns4/inside.example/tcp/1'],
])('nothing is tried %s', async (_, port, seenAt) => {
  const { look, tried } = answering({ seenAt: () => seenAt })
  expect((await look(port)).outcome).toBe('not-tried')
  expect(tried).toEqual([])
})

it('a device that asks too often in a minute is put off, and others are not', async () => {
  let nowMs = 0
  const { look, tried } = answering({ nowMs: () => nowMs })
  for (let i = 0; i < limits.reachTriesPerMinute; i++) expect((await look(4001)).outcome).toBe('answered')
  expect((await look(4001)).outcome).toBe('later')
  expect((await look(4001, ben)).outcome).toBe('answered')
  nowMs = 60_001
  expect((await look(4001)).outcome).toBe('answered')
  expect(tried).toHaveLength(limits.reachTriesPerMinute + 2)
})

it('only so many tries run at once, whoever asks', async () => {
  const waiting: (() => void)[] = []
  const { look } = answering({ probe: () => new Promise((resolve) => waiting.push(() => resolve(false))) })
  const running = Array.from({ length: limits.reachTriesAtOnce }, () => look(4001))
  expect((await look(4001)).outcome).toBe('later')
  for (const end of waiting) end()
  expect((await Promise.all(running)).map(({ outcome }) => outcome)).toEqual(Array(limits.reachTriesAtOnce).fill('silent'))
  expect((await look(0)).outcome).toBe('not-tried')
})

it('a port beyond 65535 and an outcome that nobody knows are not read', () => {
  const { input, output } = reachProtocol.methods.look
  expect(() => input.decode(Uint8Array.from([0x08, 0x80, 0x80, 0x04]))).toThrow(/not a port/)
  expect(() => output.decode(Uint8Array.from([0x10, 0x09]))).toThrow()
})

const { cases } = JSON.parse(readFileSync(new URL('../vectors/messages.json', import.meta.url), 'utf8')) as {
  cases: { name: string; message: 'Look' | 'Looked'; bytes: string; valid: boolean; fields?: object }[]
}

it.each(cases.map((each) => [each.name, each] as const))('vectors: %s', (_, { message, bytes, valid, fields }) => {
  const { input, output } = reachProtocol.methods.look
  const read = () => (message === 'Look' ? input : output).decode(Uint8Array.from(Buffer.from(bytes, 'hex')))
  if (valid) expect(read()).toEqual(fields)
  else expect(read).toThrow()
})
