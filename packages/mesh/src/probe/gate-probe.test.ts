import type { PorchlightError } from '@porchlight/core'
import { deviceIdOf, FrameStream, generateKey, startCall } from '@porchlight/wire'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createMesh, type Mesh } from '../index.ts'
import { probeGate } from './gate-probe.ts'

let mesh: Mesh
let callers: string[]
beforeEach(async () => {
  callers = []
  mesh = await createMesh({
    key: await generateKey(),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
    gate: ({ device }) => {
      callers.push(device)
      return {
        allow: true,
        household: undefined,
        scopes: new Set(),
        signal: new AbortController().signal,
        handler: async (call) => call.payload,
        done: () => {},
      }
    },
  })
})
afterEach(() => mesh.stop())

it('a probe is the device of its key, knows whom it reached, and carries calls on streams of the gate', async () => {
  const key = await generateKey()
  await using probe = await probeGate(mesh.addresses(), { key })
  expect(probe.device).toBe(mesh.device)
  expect(await probe.protocols()).toContain('/porchlight/gate/1')
  const [one, other] = [new FrameStream(await probe.open()), new FrameStream(await probe.open())]
  const request = { protocol: '/example/echo/1', method: 'unary' }
  const calls = [
    await startCall(one, { ...request, payload: Uint8Array.of(1) }),
    await startCall(other, { ...request, payload: Uint8Array.of(2) }),
  ]
  expect((await Promise.all(calls.map((call) => call.result()))).map((answer) => Uint8Array.from(answer))).toEqual([
    Uint8Array.of(1),
    Uint8Array.of(2),
  ])
  expect(callers).toEqual([deviceIdOf(key), deviceIdOf(key)])
})

it('where nobody listens, and where somebody else does, is UNREACHABLE', async () => {
  const key = await generateKey()
  const other = deviceIdOf(await generateKey())
  const nowhere = [`/ip4/127.0.0.1/tcp/1/p2p/${mesh.device}`, mesh.addresses()[0]!.replace(mesh.device, other)]
  for (const address of nowhere)
    await expect(probeGate([address], { key })).rejects.toEqual(
      expect.objectContaining({ code: 'UNREACHABLE' } satisfies Partial<PorchlightError>),
    )
})

it('a far side that goes away is UNREACHABLE to the next stream', async () => {
  await using probe = await probeGate(mesh.addresses(), { key: await generateKey() })
  await mesh.stop()
  await expect(probe.open()).rejects.toMatchObject({ code: 'UNREACHABLE' })
})
