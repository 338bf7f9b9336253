import { expect, test } from 'vitest'
import { dialOrder } from './dial-order.ts'

const v4 = (i: number): string => `/ip4/198.51.100.${i}/tcp/1`
const v6 = (i: number): string => `/ip6/2001:db8::${i}/tcp/1`
const lan = (i: number): string => `/ip4/192.168.1.${i}/tcp/1`
const relay = (i: number): string => `${v4(200 + i)}/p2p/R${i}/p2p-circuit`

test('what worked last is dialled first, then a sighting, then IPv6 and IPv4 in turns, and private addresses last', () => {
  expect(dialOrder({ lastGood: v4(1), sightings: [lan(9)], addresses: [lan(1), v4(1), v4(2), v6(1), v6(2)] })).toEqual([
    v4(1),
    lan(9),
    v6(1),
    v6(2),
    v4(2),
    lan(1),
  ])
})

test('a relay is the third to be dialled however many addresses there are, and further ones go between the rest', () => {
  const addresses = [...Array.from({ length: 6 }, (_, i) => v4(i)), relay(1), relay(2)]
  expect(dialOrder({ lastGood: undefined, sightings: [], addresses })).toEqual([
    v4(0),
    v4(1),
    relay(1),
    v4(2),
    relay(2),
    v4(3),
    v4(4),
    v4(5),
  ])
})

test('a relay that worked last waits for one direct address only, which may work again', () => {
  expect(dialOrder({ lastGood: relay(2), sightings: [], addresses: [v4(1), v4(2), relay(1), relay(2)] })).toEqual([
    v4(1),
    relay(2),
    v4(2),
    relay(1),
  ])
})

test('a relay does not wait for private addresses that nobody saw here', () => {
  const addresses = [lan(1), lan(2), relay(1)]
  expect(dialOrder({ lastGood: undefined, sightings: [], addresses })).toEqual([relay(1), lan(1), lan(2)])
  expect(dialOrder({ lastGood: undefined, sightings: [lan(2)], addresses })).toEqual([lan(2), relay(1), lan(1)])
  expect(dialOrder({ lastGood: lan(1), sightings: [], addresses })).toEqual([lan(1), relay(1), lan(2)])
})

test('no address is dialled twice, and a device of which only a relay is known is dialled there at once', () => {
  expect(dialOrder({ lastGood: lan(1), sightings: [lan(1)], addresses: [lan(1), relay(1)] })).toEqual([lan(1), relay(1)])
  expect(dialOrder({ lastGood: undefined, sightings: [], addresses: [relay(1)] })).toEqual([relay(1)])
  expect(dialOrder({ lastGood: undefined, sightings: [], addresses: [] })).toEqual([])
})

test('forged sightings take every second place only', () => {
  const sightings = Array.from({ length: 12 }, (_, i) => lan(i))
  expect(dialOrder({ lastGood: undefined, sightings, addresses: [v4(1), v4(2), relay(1)] }).slice(0, 5)).toEqual([
    lan(0),
    v4(1),
    relay(1),
    lan(1),
    v4(2),
  ])
})
