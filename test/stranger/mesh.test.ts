import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceFlags } from '../harness/source-flags.ts'
import { identifyAsStranger, lengthPrefixed, message, openAsStranger, openFrame } from './stranger.ts'

const opens = 10_000
const MiB = 1024 * 1024
let serving: ChildProcess
let address: string

interface Sample {
  rssBytes: number
  heapBytes: number
  handles: number
  connections: number
  files: number
  reasons: Record<string, number>
}

async function sample(): Promise<Sample> {
  serving.send('sample')
  const [told] = (await once(serving, 'message')) as [Omit<Sample, 'files'>]
  return { ...told, files: readdirSync(`/proc/${serving.pid}/fd`).length }
}

beforeAll(async () => {
  serving = fork(fileURLToPath(new URL('serving-mesh.ts', import.meta.url)), { execArgv: [...sourceFlags, '--expose-gc'] })
  const [hello] = (await once(serving, 'message')) as [{ address: string }]
  address = hello.address
})
afterAll(() => serving.disconnect())

/** Calls that a gate refuses for as many reasons as there are. */
function frame(index: number): Uint8Array {
  switch (index % 5) {
    case 0:
      return openFrame({ protocol: '/unknown/protocol/1', method: 'list' })
    case 1:
      return openFrame({ protocol: '/porchlight/share/1', method: 'request', location: 'photos' })
    case 2:
      return openFrame({ protocol: '/porchlight/share/1', method: 'request', location: 'secret', payload: new Uint8Array(1000) })
    case 3:
      return openFrame({ protocol: '/porchlight/consent/1', method: 'ask', streaming: true })
    default:
      return openFrame({ protocol: 'not even a protocol', method: '' })
  }
}

test('a stranger sees only the ids of libp2p and of the gate, and nothing about this machine', async () => {
  const seen = await identifyAsStranger(address)
  expect(seen.protocols.toSorted()).toEqual([
    '/ipfs/id/1.0.0',
    '/ipfs/id/push/1.0.0',
    '/ipfs/ping/1.0.0',
    '/libp2p/circuit/relay/0.2.0/stop',
    '/libp2p/dcutr',
    '/porchlight/gate/1',
  ])
  expect(seen.agentVersion).toBe('porchlight')
  expect(seen.protocolVersion).toBe('ipfs/0.1.0')
})

test(`${opens} refused calls get the same bytes and leave memory and handles where they were`, async () => {
  // As many before: V8 and malloc take their working room once, 25 MB of heap turn into 290 MB of RSS.
  await openAsStranger(address, opens, frame)
  await expect.poll(async () => (await sample()).connections).toBe(0)
  const before = await sample()
  const from = performance.now()
  const { counts } = await openAsStranger(address, opens, frame)
  const seconds = (performance.now() - from) / 1000
  expect([...counts.values()]).toEqual([opens])
  expect([...counts.keys()]).not.toContain('closed')
  await expect.poll(async () => (await sample()).connections).toBe(0)
  const after = await sample()
  expect(Object.keys(after.reasons).length).toBeGreaterThan(2)
  console.log(
    `${opens} opens in ${seconds.toFixed(1)} s; RSS ${(before.rssBytes / MiB).toFixed(0)} → ${(after.rssBytes / MiB).toFixed(0)} MiB, heap ${(before.heapBytes / MiB).toFixed(0)} → ${(after.heapBytes / MiB).toFixed(0)} MiB, handles ${before.handles} → ${after.handles}, files ${before.files} → ${after.files}`,
  )
  expect(after.rssBytes - before.rssBytes).toBeLessThan(48 * MiB)
  expect(after.heapBytes - before.heapBytes).toBeLessThan(4 * MiB)
  expect(after.handles).toBeLessThanOrEqual(before.handles)
  expect(after.files).toBeLessThanOrEqual(before.files)
})

test('frames that are no frames end their stream and harm nobody', async () => {
  const bad = [
    Uint8Array.from([0]),
    lengthPrefixed(Uint8Array.from([0xff, 0xff, 0xff])),
    lengthPrefixed(message([1, 'x'], [3, 'y'])),
    Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
    new Uint8Array(100).fill(0x80),
    lengthPrefixed(message([2, message([1, 'data first'])])),
    lengthPrefixed(new Uint8Array(0)),
  ]
  const { counts } = await openAsStranger(address, 700, (index) => bad[index % bad.length]!)
  expect([...counts.keys()]).toEqual(['closed'])
  const { counts: after } = await openAsStranger(address, 10, frame)
  expect(after.size).toBe(1)
})
