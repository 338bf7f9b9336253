import type { NetworkView } from '@porchlight/node'
import { finding, type Finding } from './finding.ts'

const hostOf = (address: string): string => /^\/ip[46]\/([^/]+)/.exec(address)?.[1] ?? address
const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** Whether others get through to this home over one IP version. */
function reachable({ reach, contacts, relays }: NetworkView, family: 4 | 6): Finding {
  const about = `ipv${family}`
  const mine = reach.publicAddresses.filter(({ address }) => address.startsWith(`/ip${family}/`))
  const open = mine.find(({ confirmed }) => confirmed)
  if (open)
    return finding(
      about,
      'ok',
      `Contacts get through to you at ${hostOf(open.address)} (${open.by === 'router' ? 'your router forwards the port' : 'public IPv' + family})`,
    )
  const tried = mine.find(({ triedMs }) => triedMs !== null)
  if (tried) {
    const otherwise = relays.some(({ state }) => state === 'held') ? 'They come over a relay instead.' : 'They have no other way in.'
    return finding(
      about,
      relays.some(({ state }) => state === 'held') ? 'note' : 'warning',
      `You have a public IPv${family} address (${hostOf(tried.address)}), but contacts do not get through to it. ${otherwise}`,
      `Allow incoming TCP to port ${/\/tcp\/(\d+)/.exec(tried.address)?.[1] ?? '?'} in the firewall of this computer or of your router`,
    )
  }
  if (mine.length > 0) {
    const why = contacts.direct === 0 ? 'no contact that could try is connected' : 'no contact sees you there'
    return finding(
      about,
      'note',
      `You have a public IPv${family} address (${hostOf(mine[0]!.address)}); whether contacts get through is not known: ${why}`,
    )
  }
  if (family === 6) return finding(about, 'note', 'You have no public IPv6 address', null)
  return finding(about, 'note', 'You have no public IPv4 address: as most homes, you are behind a router that shares one')
}

/** What the router's NAT is like, as contacts and relays see it. */
function nat({ reach, mapping, relays }: NetworkView): Finding {
  const hosts = new Set(reach.seenAs.flatMap(({ address, isPublic }) => (isPublic ? [hostOf(address)] : [])))
  const own = new Set(reach.publicAddresses.filter(({ by }) => by === 'interface').map(({ address }) => hostOf(address)))
  const where = hosts.size === 0 ? '' : ` (contacts see you at ${[...hosts].join(' and ')})`
  if (mapping.ip4 === 'dependent') {
    return finding(
      'nat',
      relays.some(({ state }) => state === 'held') ? 'note' : 'warning',
      `Your router gives every connection another port${where}: nobody can meet you through it, so contacts behind routers reach you over a relay only`,
      'Forward a TCP port by hand and name it with announce, or use IPv6',
    )
  }
  if (hosts.size > 0 && [...hosts].every((host) => own.has(host)))
    return finding('nat', 'ok', 'No NAT: contacts see this computer’s own address')
  if (mapping.ip4 === 'independent')
    return finding('nat', 'ok', `Your router shows everybody the same port${where}, so contacts behind such routers can meet you half-way`)
  if (hosts.size === 0) return finding('nat', 'note', 'No contact outside sees you directly, so nothing is known of your NAT')
  return finding('nat', 'note', `Contacts see you at ${[...hosts].join(' and ')}`)
}

function router({ reach, relays }: NetworkView): Finding {
  const { portMapping: view } = reach
  const held = relays.some(({ state }) => state === 'held')
  const open = reach.publicAddresses.some(({ confirmed }) => confirmed)
  const worry = held || open ? 'note' : 'warning'
  switch (view.state) {
    case 'off':
      return finding(
        'router',
        'note',
        'Your router is not asked to forward a port',
        open ? null : 'Pair with somebody (it is asked from then on), or set forwardPort: true',
      )
    case 'searching':
      return finding('router', 'note', 'Looking for a router that forwards ports')
    case 'no-router':
      return finding(
        'router',
        worry,
        'No router here answers when asked to forward a port (UPnP)',
        'Switch UPnP on in your router, or forward a TCP port by hand and name it with announce',
      )
    case 'refused':
      return finding(
        'router',
        worry,
        `Your router (${view.router}) refuses to forward a port: ${view.because}`,
        'Allow UPnP for this computer in your router, or forward a TCP port by hand and name it with announce',
      )
    case 'behind-another':
      return finding(
        'router',
        worry,
        `Your router has no public address itself (${view.outer === '' ? 'it names none' : view.outer}): your provider shares one among customers`,
        held ? null : 'Ask a contact with a public address to relay for you, or your provider for IPv6 or a public IPv4 address',
      )
    case 'mapped':
      return finding(
        'router',
        'ok',
        `Your router (${view.router}) forwards ${hostOf(view.address)}, port ${/\/tcp\/(\d+)/.exec(view.address)?.[1]}`,
      )
  }
}

function relays({ relays: known, reach, carriesFor }: NetworkView): Finding[] {
  const held = known.filter(({ state }) => state === 'held')
  const open = reach.publicAddresses.some(({ confirmed }) => confirmed)
  const carrying = carriesFor === null ? [] : [finding('relaying', 'ok', `You relay for ${plural(carriesFor, 'device', 'devices')}`)]
  if (held.length > 0)
    return [finding('relays', 'ok', `Contacts also reach you through ${held.map(({ relay }) => relay).join(', ')}`), ...carrying]
  if (known.length === 0)
    return [
      open
        ? finding('relays', 'note', 'Nobody relays for you, and nobody has to')
        : finding(
            'relays',
            'warning',
            'Nobody relays for you, so contacts outside may not get through',
            'Ask a contact with a public address: porchlight relay allow, on their side',
          ),
      ...carrying,
    ]
  const states = known.map(({ relay, state }) => `${relay} (${state})`).join(', ')
  return [
    finding(
      'relays',
      open ? 'note' : 'warning',
      `No place on a relay is held: ${states}`,
      'Wait a minute; if it stays so, ask them whether their node runs',
    ),
    ...carrying,
  ]
}

function clock({ reach }: NetworkView): Finding {
  const skews = reach.seenAs.map(({ clockAheadMs }) => clockAheadMs).toSorted((a, b) => a - b)
  if (skews.length === 0) return finding('clock', 'note', 'Nobody to compare the clock with')
  const middle = Math.round(skews[Math.floor(skews.length / 2)]! / 1000)
  if (Math.abs(middle) < 60) return finding('clock', 'ok', 'The clock agrees with that of your contacts')
  const says = `The clock is ${Math.abs(middle)} seconds ${middle > 0 ? 'behind' : 'ahead of'} that of ${plural(skews.length, 'contact', 'contacts')}`
  return finding('clock', Math.abs(middle) < 300 ? 'warning' : 'fault', says, 'Switch automatic time on: timedatectl set-ntp true')
}

function contacts({ contacts: { direct, relayed, unreachable } }: NetworkView): Finding {
  const all = direct + relayed + unreachable
  if (all === 0) return finding('contacts', 'note', 'You have no contacts yet', 'porchlight invite')
  const says = `Of ${plural(all, 'contact', 'contacts')}, ${direct} ${direct === 1 ? 'is' : 'are'} connected directly, ${relayed} over a relay, ${unreachable} not`
  return finding(
    'contacts',
    unreachable === all ? 'warning' : 'ok',
    says,
    unreachable === all ? 'Ask one of them whether their node runs; if it does, see the findings above' : null,
  )
}

function addressBook({ addressBook: { mode, peers, records } }: NetworkView): Finding {
  if (mode === 'server')
    return finding(
      'address-book',
      'ok',
      `This node keeps part of the address book: ${plural(records, 'entry', 'entries')}, ${plural(peers, 'other node', 'other nodes')} known`,
    )
  if (peers === 0)
    return finding(
      'address-book',
      'note',
      'No address book: a contact whose every address changed has to be told the new one by you',
      'Join one with bootstrap, or take an invite of somebody who uses one',
    )
  return finding('address-book', 'ok', `The address book answers: ${plural(peers, 'node', 'nodes')} known`)
}

/** What there is to say about reaching others and being reached. */
export const networkFindings = (view: NetworkView): Finding[] => [
  reachable(view, 4),
  reachable(view, 6),
  nat(view),
  router(view),
  ...relays(view),
  contacts(view),
  addressBook(view),
  clock(view),
]
