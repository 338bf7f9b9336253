import { BlockList, isIP } from 'node:net'

/** Blocks of the IANA special-purpose registries that are not one host of the internet, and the 6to4 relays, which lead elsewhere. */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]
/** The same within 2000::/3, outside of which nothing is public. */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

function blockList(blocks: readonly string[], type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const block of blocks) {
    const [network, prefix] = block.split('/') as [string, string]
    list.addSubnet(network, Number(prefix), type)
  }
  return list
}

const notPublic4 = blockList(special4, 'ipv4')
const notPublic6 = blockList(special6, 'ipv6')
const global6 = blockList(['2000::/3'], 'ipv6')

/**
 * Whether an IP address is one host of the internet: no private, shared (RFC 6598), link-local, multicast or documentation address.
 *
 * @param host  anything; what is no IP address is not public
 * @see         RFC 6890 and the IANA special-purpose address registries
 */
export function isPublicHost(host: string): boolean {
  const version = isIP(host)
  if (version === 4) return !notPublic4.check(host, 'ipv4')
  return version === 6 && global6.check(host, 'ipv6') && !notPublic6.check(host, 'ipv6')
}
