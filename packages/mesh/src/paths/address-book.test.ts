import { CODE_P2P } from '@multiformats/multiaddr'
import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { describe, expect, test } from 'vitest'
import { AddressBook } from './address-book.ts'

const device = deviceIdOf(await generateKey())
const relay = deviceIdOf(await generateKey())

describe('an address book', () => {
  const address = (i: number): string => `/ip4/10.0.0.${i}/tcp/1`

  test('puts what was just seen first and never holds more than twelve', () => {
    const book = new AddressBook(device)
    book.add(Array.from({ length: 12 }, (_, i) => address(i)))
    book.prefer([address(7)])
    expect(book.add([address(100)])).toEqual([address(100)])
    expect(book.all).toHaveLength(limits.addressesPerDevice)
    expect(book.all.slice(0, 2)).toEqual([address(7), address(100)])
  })

  test('says only what is new', () => {
    const book = new AddressBook(device)
    expect(book.add([address(1), address(1)])).toEqual([address(1)])
    expect(book.add([`${address(1)}/p2p/${device}`, address(2)])).toEqual([address(2)])
  })

  test('dials sightings in turns with what it knows, and loses nothing to any number of them', () => {
    const book = new AddressBook(device)
    const known = Array.from({ length: 12 }, (_, i) => address(i))
    book.add(known)
    for (let i = 100; i < 200; i++) book.sight([address(i)])
    expect(book.all).toEqual(known)
    const dialled = book.multiaddrs().map((each) => each.decapsulateCode(CODE_P2P).toString())
    expect(dialled).toHaveLength(2 * limits.addressesPerDevice)
    expect(dialled.slice(0, 4)).toEqual([address(199), address(0), address(198), address(1)])
    book.clearSightings()
    expect(book.multiaddrs()).toHaveLength(12)
  })

  test('dials what worked last before all else, and a relay that worked only beside a direct address', () => {
    const book = new AddressBook(device)
    const relayed = `/ip4/192.0.2.1/tcp/4242/p2p/${relay}/p2p-circuit`
    book.add([address(1), address(2), relayed])
    book.prefer([relayed])
    book.sight([address(9)])
    const plain = (): string[] => book.multiaddrs().map((each) => each.toString().replace(`/p2p/${device}`, ''))
    expect(plain()).toEqual([address(9), relayed, address(1), address(2)])
    book.prefer([address(2)])
    book.prefer([relayed])
    expect(plain()).toEqual([address(2), address(9), relayed, address(1)])
    expect(book.multiaddrs({ direct: true })).toHaveLength(3)
  })

  test('takes no relay from a sighting, for anybody could make us ask one', () => {
    const book = new AddressBook(device)
    book.sight([`/ip4/192.0.2.1/tcp/4242/p2p/${relay}/p2p-circuit`])
    expect(book.multiaddrs()).toEqual([])
  })
})
