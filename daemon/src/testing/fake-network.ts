import { deviceId, householdId } from '@porchlight/core'
import type { NetworkView } from '@porchlight/node'

const device = deviceId('12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5')

/** A home in good order, behind a router that forwards its port. */
export const fakeNetwork: NetworkView = {
  announced: ['/ip4/51.20.0.2/tcp/4101'],
  reach: {
    publicAddresses: [{ address: '/ip4/51.20.0.2/tcp/4101', by: 'router', confirmed: true, triedMs: 1_700_000_000_000 }],
    portMapping: { state: 'mapped', router: '192.168.1.1', address: '/ip4/51.20.0.2/tcp/4101' },
    seenAs: [
      {
        household: householdId('bowwadgknvvqx6s6nidhkqtxx3zjfezoxxpgawayaaxzpadsi26ja'),
        device,
        address: '/ip4/51.20.0.2/tcp/50000',
        isPublic: true,
        clockAheadMs: 200,
        atMs: 1_700_000_000_000,
      },
    ],
  },
  mapping: { ip4: 'independent', ip6: 'unknown' },
  contacts: { direct: 1, relayed: 0, unreachable: 0 },
  relays: [{ relay: 'Ben', state: 'held', sinceMs: 1_700_000_000_000 }],
  carriesFor: null,
  addressBook: { mode: 'client', peers: 2, records: 0, bytes: 0, sent: 12, answered: 0 },
  talksTo: [
    { kind: 'lan', who: 'everybody on your network', addresses: ['224.0.0.251'], why: 'to find contacts in the same house (mDNS)' },
    { kind: 'contact', who: 'Ben', addresses: ['/ip4/62.30.0.2/tcp/4101'], why: 'to stay connected with a contact' },
  ],
}
