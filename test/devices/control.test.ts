import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Attacker, refused } from '../hostile/attacker.ts'
import { hall, hallManifest } from '../hostile/victim.ts'
import { TwoDevices, until } from './two-devices.ts'

describe('what one device of a household says holds on the other', () => {
  let home: TwoDevices
  beforeEach(async () => {
    home = await TwoDevices.make()
  })
  afterEach(() => home[Symbol.asyncDispose]())

  test('a panic on the laptop stops the desktop, and resuming on the desktop starts the laptop', async () => {
    await home.agree('desktop')
    await using calls = await home.anaCalls()
    expect([await calls.isServed('desktop'), await calls.isServed('laptop')]).toEqual([true, true])
    await home.laptop.control.panic()
    await until(() => expect(home.desktop.status().halts).toEqual(['paused']))
    expect([await calls.look('desktop'), await calls.look('laptop')]).toEqual([refused, refused])
    await home.desktop.control.resume({})
    await until(() => expect(home.laptop.status().halts).toEqual([]))
    expect([await calls.isServed('desktop'), await calls.isServed('laptop')]).toEqual([true, true])
  })

  test('a "no" of the laptop is the answer of the desktop too', async () => {
    const input = { to: 'ben', protocol: hall.id, location: 'photos', scopes: ['use'], expMs: home.nowMs() + 86_400_000, why: 'please' }
    const { id } = await home.ana.ask(input)
    await until(() => expect([home.desktop, home.laptop].map((node) => node.asks().map((ask) => ask.id))).toEqual([[id], [id]]))
    await home.laptop.deny(id)
    await until(() => expect(home.desktop.asks()).toEqual([]))
  })

  test('a laptop that hears of nobody stops serving what the desktop gave after `fresh`, and goes on when it hears of it', async () => {
    const freshMs = 600_000
    const id = await home.agree('desktop', { freshMs })
    await home.stop('desktop')
    await using calls = await home.anaCalls()
    expect(await calls.isServed('laptop')).toBe(true)
    home.pass(freshMs + 60_000)
    await until(() =>
      expect(home.laptop.grants().find((grant) => grant.id === id)).toMatchObject({ state: 'SUSPENDED', causes: ['stale'] }),
    )
    expect(await calls.look('laptop')).toBe(refused)
    await home.start('desktop')
    await until(() => expect(home.stateAt('laptop', id)).toBe('ACTIVE'))
    expect(await calls.isServed('laptop')).toBe(true)
  })

  test('a laptop that the desktop suspended is refused by the contact and by the desktop', async () => {
    home.ana.serve({ definition: hall, manifest: hallManifest, handlers: { look: async () => new Uint8Array([1]) } })
    const input = { to: 'ben', protocol: hall.id, location: 'garden', scopes: ['use'], expMs: home.nowMs() + 86_400_000 }
    const { id } = await home.ana.offer({ ...input, shown: home.ana.prepareOffer(input).hash })
    const offer = await until(() => home.desktop.asks().find((ask) => ask.id === id) ?? expect.unreachable('no offer yet'))
    await home.desktop.approve(id, { shown: offer.card.hash })
    await until(() => expect(home.ana.grants()).toMatchObject([{ state: 'ACTIVE' }]))
    const [atAna, atDesktop] = [home.ana.status().addresses[0]!, home.desktop.status().addresses[0]!]
    const suspended = home.laptop.device
    const key = await home.street.takeOver('laptop')
    const look = { protocol: hall.id, method: 'look', location: 'garden' }
    const facts = { protocol: '/porchlight/siblings/1', method: 'facts' }
    {
      await using laptop = await Attacker.dial(atAna, key)
      expect(await laptop.call(look)).toBe('051a031a0101')
      await using beside = await Attacker.dial(atDesktop, key)
      expect(await beside.call(facts)).not.toBe(refused)
    }
    await home.desktop.suspendDevice(suspended)
    await using laptop = await Attacker.dial(atAna, key)
    await until(async () => expect(await laptop.call(look)).toBe(refused))
    await using beside = await Attacker.dial(atDesktop, key)
    expect(await beside.call(facts)).toBe(refused)
  })
})
