import { afterEach, describe, expect, test } from 'vitest'
import { Home, pair, waitFor } from '../harness/home.ts'
import { createLan, type Lan } from './lan.ts'

const open = { PORCHLIGHT_LISTEN: '/ip4/0.0.0.0/tcp/0', PORCHLIGHT_MDNS: 'true' }

describe('daemons on a LAN, each a machine of its own', () => {
  let lan: Lan
  const homes: Home[] = []

  afterEach(async () => {
    await Promise.all(homes.splice(0).map((home) => home[Symbol.asyncDispose]()))
    lan[Symbol.dispose]()
  })

  async function home(name: string): Promise<Home> {
    const started = await Home.start(name, open, lan.prefix(name))
    homes.push(started)
    return started
  }

  test('two that paired find each other again by mDNS after both changed their addresses', async () => {
    lan = createLan({ ana: '10.77.0.10/24', ben: '10.77.0.20/24' })
    const [ana, ben] = [await home('ana'), await home('ben')]
    await pair(ben, ana)
    const connected = async (): Promise<boolean> => {
      const [atAna, atBen] = [await ana.cli('contacts'), await ben.cli('contacts')]
      return atAna[0].connected === true && atBen[0].connected === true
    }
    await waitFor('the two to be connected', connected)
    await Promise.all([ana.endDaemon(), ben.endDaemon()])
    lan.setAddress('ana', '10.77.0.110/24')
    lan.setAddress('ben', '10.77.0.120/24')
    await Promise.all([ana.startDaemon(), ben.startDaemon()])
    const stopped = Date.now()
    await waitFor('them to find each other at new addresses after a restart', connected, 15_000)
    const restartedMs = Date.now() - stopped
    lan.setAddress('ana', '10.77.0.11/24')
    lan.setAddress('ben', '10.77.0.21/24')
    const moved = Date.now()
    await waitFor(
      'the connection to be one over the new addresses',
      async () => lan.hasConnection('ana', '10.77.0.11', '10.77.0.21'),
      30_000,
    )
    await waitFor('both to say so', connected, 15_000)
    console.log(
      `found again ${restartedMs} ms after a restart at new addresses, ${Date.now() - moved} ms after changing them while running`,
    )
  })

  test('one that was just started, with nothing set but its directory, sends nothing but mDNS to the LAN', async () => {
    lan = createLan({ ana: '10.77.0.10/24' })
    const ana = await home('ana')
    await new Promise((resolve) => setTimeout(resolve, 20_000))
    expect(await ana.cli('status')).toMatchObject({ contacts: { known: 0 } })
    const { multicast, other } = lan.sent('ana')
    expect(other).toBe(0)
    expect(multicast).toBeGreaterThan(0)
    console.log(`in 20 s: ${multicast} packets to multicast groups, ${other} to anybody else`)
  })
})
