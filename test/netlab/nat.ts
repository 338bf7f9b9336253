/**
 * How a home reaches the internet.
 *
 * - `public`: a public address, no filter
 * - `full`: one public port for all, and once it was used anybody may send to it (endpoint-independent mapping and filtering)
 * - `cone`: one public port for all, only those sent to may answer (address- and port-dependent filtering); the rest is dropped in silence
 * - `reject`: as `cone`, but the rest is answered with a reset, as OpenWrt does by default
 * - `sym`: another public port for every destination (address- and port-dependent mapping)
 * - `cgnat`, `cgnatsym`: a cone router behind a carrier's cone or sym router
 * - `udpblk`: as `cone` for TCP; no UDP at all
 *
 * @see RFC 4787 and RFC 5382 for the words in parentheses
 */
export type HomeKind = 'public' | 'full' | 'cone' | 'reject' | 'sym' | 'cgnat' | 'cgnatsym' | 'udpblk'

/** What one box between a `lan` and a `wan` interface does; a home behind a carrier has two. */
export type RouterKind = Exclude<HomeKind, 'cgnat' | 'cgnatsym'>

/** The boxes of a home, its own router first. */
export function routersOf(kind: HomeKind): readonly RouterKind[] {
  if (kind === 'cgnat') return ['cone', 'cone']
  if (kind === 'cgnatsym') return ['cone', 'sym']
  return [kind]
}

const toOutsiders = {
  silent: 'drop',
  reset: 'meta l4proto tcp reject with tcp reset\n    iifname wan ct state new,invalid reject',
}

/**
 * The nftables rules of a router for IPv4.
 *
 * @param host  the machine behind it, to which a `full` router sends what comes in on a port that was used
 */
export function ipv4Rules(kind: RouterKind, host: string): string {
  if (kind === 'public') return ''
  const masquerade = kind === 'sym' ? 'masquerade random,fully-random' : 'masquerade'
  return `table ip nat {
  ${kind === 'full' ? fullCone(host) : ''}
  chain out {
    type nat hook postrouting priority 100; policy accept;
    oifname wan ${masquerade}
  }
}
table ip filter {
  chain to-itself {
    type filter hook input priority 0; policy accept;
    iifname wan icmp type echo-request accept
    iifname wan ct state new,invalid ${kind === 'reject' ? toOutsiders.reset : toOutsiders.silent}
  }
  chain through {
    type filter hook forward priority 0; policy drop;
    ${kind === 'udpblk' ? 'meta l4proto udp drop' : ''}
    iifname lan oifname wan accept
    ct state established,related accept
    ct status dnat accept
  }
}
`
}

/** Masquerading keeps the port while nobody else has it, so the ports that were used inside are those that are open outside. */
const fullCone = (host: string): string => `set used {
    type inet_proto . inet_service; flags dynamic,timeout; timeout 180s; size 65535;
  }
  chain note-used {
    type filter hook forward priority -1; policy accept;
    iifname lan oifname wan meta l4proto { tcp, udp } update @used { meta l4proto . th sport }
  }
  chain in {
    type nat hook prerouting priority -100; policy accept;
    iifname wan meta l4proto . th dport @used dnat to ${host}
  }`

/** The stateful firewall of a router for IPv6, where there is no NAT: in comes only what answers. */
export function ipv6Rules(kind: RouterKind): string {
  if (kind === 'public') return ''
  return `table ip6 filter {
  chain to-itself {
    type filter hook input priority 0; policy accept;
    iifname wan meta l4proto { tcp, udp } ct state new,invalid drop
  }
  chain through {
    type filter hook forward priority 0; policy drop;
    ${kind === 'udpblk' ? 'meta l4proto udp drop' : ''}
    iifname lan oifname wan accept
    ct state established,related accept
    meta l4proto ipv6-icmp accept
  }
}
`
}
