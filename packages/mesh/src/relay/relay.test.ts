import { afterEach, describe, expect, test } from 'vitest'
import type { Mesh } from '../mesh.ts'
import { until } from '../testing/loopback.ts'
import { trio } from '../testing/relayed.ts'

const open: Mesh[] = []
const made = (mesh: Mesh): void => void open.push(mesh)
afterEach(async () => {
  await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
})

const request = { protocol: '/test/echo/1', method: 'echo', payload: new Uint8Array([1, 2, 3]) }

describe('a home that listens nowhere', () => {
  test('is called through its relay, by its address alone', async () => {
    const { relay, home, caller } = await trio(made)
    expect(home.addresses()).toEqual([`${relay.addresses()[0]}/p2p-circuit/p2p/${home.device}`])
    const call = await caller.call(home.device, request)
    expect([...(await call.result())]).toEqual([1, 2, 3])
    expect(caller.connections()).toContainEqual(
      expect.objectContaining({ device: home.device, relayed: true, relay: relay.device, direction: 'outbound' }),
    )
    expect(home.connections()).toContainEqual(
      expect.objectContaining({ device: caller.device, relayed: true, relay: relay.device, direction: 'inbound' }),
    )
    expect(relay.relaying.clients()).toMatchObject([{ device: home.device, circuits: 1 }])
  })

  test('calls back over the circuit that the other side opened', async () => {
    const { home, caller } = await trio(made)
    await until(caller, () => caller.isConnected(home.device))
    await until(home, () => home.isConnected(caller.device))
    const answer = home.call(caller.device, request).then((call) => call.result())
    await expect(answer).rejects.toMatchObject({ code: 'DENIED' })
  })
})
