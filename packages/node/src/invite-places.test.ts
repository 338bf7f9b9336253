import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import { decodeInvite, encodeInvite } from '@porchlight/identity'
import { expect, test } from 'vitest'
import { invitePlaces, placesOfInviter } from './invite-places.ts'

const self = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5' as DeviceId
const relay = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
const at = (host: number): string => `/ip6/2001:db8:85a3:8d3:1319:8a2e:370:${host}/tcp/65535`

test('an invite names each relay once, apart from the addresses, and its inviter is dialled through it', () => {
  const places = invitePlaces(
    [`${at(1)}/p2p/${self}`, `${at(2)}/p2p/${relay}/p2p-circuit/p2p/${self}`, `${at(3)}/p2p/${relay}/p2p-circuit/p2p/${self}`],
    [`${at(4)}/p2p/${relay}`],
  )
  expect(places).toEqual({ addresses: [`${at(1)}/p2p/${self}`], relays: [`${at(2)}/p2p/${relay}`], bootstraps: [`${at(4)}/p2p/${relay}`] })
  expect(placesOfInviter(places)).toEqual([`${at(1)}/p2p/${self}`, `${at(2)}/p2p/${relay}/p2p-circuit`])
})

test('an inviter with more and longer addresses than fit still gets a link', () => {
  const ids = Array.from({ length: 12 }, (_, n) => `12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NAS${String.fromCharCode(97 + n)}q`)
  const places = invitePlaces(
    [...ids.map((_, n) => `${at(1000 + n)}/p2p/${self}`), ...ids.map((id, n) => `${at(2000 + n)}/p2p/${id}/p2p-circuit/p2p/${self}`)],
    ids.map((id, n) => `${at(3000 + n)}/p2p/${id}`),
  )
  const link = encodeInvite({
    device: self,
    household: 'bowwadgknvvqx6s6nidhkqtxx3zjfezoxxpgawayaaxzpadsi26ja' as HouseholdId,
    ...places,
    secret: new Uint8Array(16),
    exp: 2_000_000_000,
    name: 'n'.repeat(limits.petnameChars),
  })
  expect(decodeInvite(link, 0)).toMatchObject(places)
  expect([places.addresses.length, places.relays.length, places.bootstraps.length]).toEqual([
    limits.inviteAddresses,
    limits.relaysHeld,
    limits.inviteBootstraps,
  ])
})
