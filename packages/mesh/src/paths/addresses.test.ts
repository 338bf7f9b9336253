import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { describe, expect, test } from 'vitest'
import { AddressBook, announceable, dialable } from './addresses.ts'

const device = deviceIdOf(await generateKey())
const other = deviceIdOf(await generateKey())

test.each([
  ['/ip4/192.168.1.5/tcp/4242', false, '/ip4/192.168.1.5/tcp/4242'],
  [`/ip6/2001:db8::1/tcp/4242/p2p/${device}`, false, '/ip6/2001:db8::1/tcp/4242'],
  ['/dns4/porch.example/tcp/4242', true, '/dns4/porch.example/tcp/4242'],
  ['/dns4/porch.example/tcp/4242', false, undefined],
  ['/dnsaddr/porch.example', true, undefined],
  [`/ip4/192.168.1.5/tcp/4242/p2p/${other}`, true, undefined],
  ['/ip4/192.168.1.5/udp/4242/quic-v1', true, undefined],
  ['/ip4/192.168.1.5/tcp/4242/ws', true, undefined],
  ['/unix/tmp%2fsocket', true, undefined],
  ['nonsense', true, undefined],
])('%s, names allowed %s, is dialled as %s', (address, allowNames, expected) => {
  expect(dialable(address, device, allowNames)).toBe(expected)
})

describe('what we announce', () => {
  test('is without loopback, when there is anything else', () => {
    const all = ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1', '/ip4/10.0.0.1/tcp/1'].map((address) => multiaddr(address))
    expect(announceable(all).map(String)).toEqual(['/ip4/10.0.0.1/tcp/1'])
    expect(announceable(all.slice(0, 2))).toHaveLength(2)
  })

  test('is at most twelve', () => {
    const many = Array.from({ length: 30 }, (_, i) => multiaddr(`/ip4/10.0.0.${i}/tcp/1`))
    expect(announceable(many)).toHaveLength(limits.addressesPerDevice)
  })
})

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
})
