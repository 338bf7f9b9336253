import { expect, test } from 'vitest'
import { withGivenNames } from './given-names.ts'

const plain = '/ip4/192.0.2.1/tcp/4101'
const relay = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'

test.each([
  ['a name that nobody gave', '/dns4/tracker.example/tcp/1', []],
  ['one of any kind', '/dnsaddr/tracker.example', []],
  ['one that only ends like a given one', '/dns4/evil.home.example/tcp/1', ['/dns4/home.example/tcp/1']],
  ['a relay by a name', `/dns6/tracker.example/tcp/1/p2p/${relay}/p2p-circuit`, []],
  [
    'a second name behind a given one',
    `/dns4/home.example/tcp/1/p2p/${relay}/p2p-circuit/dns4/tracker.example/tcp/1`,
    ['/dns4/home.example/tcp/1'],
  ],
])('%s is left out, and what is beside it stays', (_what, address, given) => {
  expect(withGivenNames([address, plain], given)).toEqual([plain])
})

test.each([
  ['at another port', '/dns4/home.example/tcp/2', '/dns4/home.example/tcp/1'],
  ['in other letters', '/dns/Home.Example/tcp/1', '/dns4/home.example/tcp/1'],
  ['as a relay', `/dns4/home.example/tcp/1/p2p/${relay}/p2p-circuit`, `/dns4/home.example/tcp/1/p2p/${relay}`],
])('a given name stays %s', (_how, address, given) => {
  expect(withGivenNames([address], [given])).toEqual([address])
})
