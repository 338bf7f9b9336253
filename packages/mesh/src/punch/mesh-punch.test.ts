import { afterEach, expect, test } from 'vitest'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { loopbackMesh } from '../testing/loopback.ts'

const open: Mesh[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
})

async function mesh(options: Partial<MeshOptions> = {}): Promise<Mesh> {
  const made = await loopbackMesh(options)
  open.push(made)
  return made
}

/** The local port of a connection, as the far side sees it. */
const portAt = (far: Mesh): number => Number(/tcp\/(\d+)/.exec(far.connections()[0]!.remoteAddress)![1])

test('hosts of the internet are dialled from one port, and two that are kept say how it is mapped', async () => {
  const [home, one, two] = [await mesh({ isPublic: () => true }), await mesh(), await mesh()]
  home.keep(one.device, one.addresses())
  await expect.poll(() => home.mappings().ip4).toMatchObject({ kind: 'unknown', ends: [{ localPort: expect.any(Number) }] })
  home.keep(two.device, two.addresses())
  await expect.poll(() => home.mappings().ip4.kind).toBe('independent')
  const [end] = home.mappings().ip4.ends
  expect(end).toEqual({ address: `/ip4/127.0.0.1/tcp/${portAt(one)}`, localPort: portAt(one) })
  expect(portAt(two)).toBe(portAt(one))
  expect(home.mappings().ip6).toEqual({ kind: 'unknown', ends: [] })
  await home.forget(two.device)
  await expect.poll(() => home.mappings().ip4.kind).toBe('unknown')
})

test('hosts of a LAN are dialled from a port of the system, and what they see counts for nothing', async () => {
  const [home, one] = [await mesh(), await mesh()]
  home.keep(one.device, one.addresses())
  await expect.poll(() => one.connections()).toHaveLength(1)
  expect(portAt(one)).toBeLessThan(61_000)
  await new Promise((done) => setTimeout(done, 200))
  expect(home.mappings().ip4).toEqual({ kind: 'unknown', ends: [] })
})
