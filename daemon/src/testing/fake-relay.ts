import type { NodeRelay, RelayView } from '@porchlight/node'

const nowMs = 1_750_000_000_000

/** The relay of a fake node: it carried for Ana, Ben carries for it, and a device of its own may. */
export class FakeRelay implements NodeRelay {
  #on = false

  view = (): RelayView => ({
    on: this.#on,
    carried: [
      {
        household: 'bowwadgknvvqx6s6nidhkqtxx3zjfezoxxpgawayaaxzpadsi26ja' as never,
        petname: 'ana',
        hasPlace: this.#on,
        circuits: this.#on ? 2 : 0,
        carriedBytes: 1_500_000_000,
        openMs: 3_600_000,
        sinceMs: nowMs,
      },
    ],
    carriers: [
      {
        household: 'bpwwadgknvvqx6s6nidhkqtxx3zjfezoxxpgawayaaxzpadsi26ja' as never,
        petname: 'ben',
        device: '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq',
        state: 'held',
        stateSinceMs: nowMs,
        addresses: ['/ip4/192.0.2.1/tcp/4242/p2p/12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq/p2p-circuit'],
        carriedBytes: 2_000_000,
      },
      {
        household: 'bqwwadgknvvqx6s6nidhkqtxx3zjfezoxxpgawayaaxzpadsi26ja' as never,
        petname: null,
        device: '12D3KooWGxoaRBPMN1Sshtiu8AAJ7CLJWQijVD5z1w6EAoeeXVnG',
        state: 'spare',
        stateSinceMs: nowMs,
        addresses: [],
        carriedBytes: 0,
      },
    ],
  })
  on = async (): Promise<RelayView> => {
    this.#on = true
    return this.view()
  }
  off = async (): Promise<RelayView> => {
    this.#on = false
    return this.view()
  }
  askAccount = async () => ({ carriedBytes: 2_000_000, openMs: 3_600_000, sinceMs: nowMs, circuits: 1, carries: true })
}
