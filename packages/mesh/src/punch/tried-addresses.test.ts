import { deviceId, limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { TriedAddresses } from './tried-addresses.ts'

const device = deviceId('12D3KooWRndVhVZPCiQwHBBBdg769GyrPUW13zxwqQyf9r3ANaba')

test('the newest addresses of a device are kept, each once and no more than may be, until it is forgotten', () => {
  const tried = new TriedAddresses()
  for (let port = 1; port <= 100; port++) tried.add(device, [`/ip4/62.30.0.2/tcp/${port}`, '/ip4/62.30.0.2/tcp/4242'])
  expect(tried.of(device)).toHaveLength(limits.addressesPerDevice)
  expect(tried.of(device).slice(0, 3)).toEqual(['/ip4/62.30.0.2/tcp/100', '/ip4/62.30.0.2/tcp/4242', '/ip4/62.30.0.2/tcp/99'])
  tried.forget(device)
  expect(tried.of(device)).toEqual([])
})
