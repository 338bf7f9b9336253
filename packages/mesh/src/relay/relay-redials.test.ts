import { limits, type DeviceId } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { afterEach, expect, test, vi } from 'vitest'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { loopbackMesh } from '../testing/loopback.ts'
import { RelayPlaces } from './relay-places.ts'

const [gone, contact] = [deviceIdOf(await generateKey()), deviceIdOf(await generateKey())]
/** Where nobody listens. */
const addresses = ['/ip4/127.0.0.1/tcp/1']

let home: Mesh
async function start(options: Partial<MeshOptions>): Promise<void> {
  home = await loopbackMesh({ listen: [], ...options })
}
afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  await home.stop()
})

test('a relay that is gone is dialled again as soon as its place says, and a contact is not', async () => {
  const capMs = (device: DeviceId): number => (device === gone ? 1 : limits.redialCapMs)
  vi.spyOn(RelayPlaces.prototype, 'redialCapMs').mockImplementation(capMs)
  const failures = { [gone]: 0, [contact]: 0 }
  await start({
    random: () => 0.999,
    log: (event, facts) => {
      if (event === 'mesh.dial-failed') failures[(facts as { device: DeviceId }).device]!++
    },
  })
  home.keep(contact, addresses)
  home.useRelays([{ device: gone, addresses }])
  // With a wait that doubles from `limits.redialFirstMs` as many take a minute.
  await vi.waitFor(() => expect(failures[gone]).toBeGreaterThan(8), { timeout: 20_000 })
  expect(failures[contact]).toBeLessThan(9)
}, 30_000)

test('after a sleep of days a relay that was gone before is dialled quickly again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let sleptMs = 0
  await start({ now: () => Date.now() + sleptMs })
  home.useRelays([{ device: gone, addresses }])
  const { places } = (home as unknown as { relays: { places: RelayPlaces } }).relays
  sleptMs = 48 * 3_600_000
  expect(places.redialCapMs(gone)).toBeGreaterThan(limits.relayRetryCapMs)
  vi.advanceTimersByTime(limits.networkPollMs)
  expect(places.redialCapMs(gone)).toBe(limits.relayRetryCapMs)
})
