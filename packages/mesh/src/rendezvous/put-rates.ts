import { limits } from '@porchlight/core'

interface Count {
  minute: number
  puts: number
  refused: number
}

/** Counts what devices and hosts put in a minute, and what of it was refused. */
export class PutRates {
  readonly #now: () => number
  readonly #counts = new Map<string, Count>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Takes one put into account. @returns whether it is within the bounds of its device and of its host */
  mayPut(peer: string, host: string): boolean {
    const [ofPeer, ofHost] = [this.#count(peer), this.#count(host)]
    ofPeer.puts++
    ofHost.puts++
    return ofPeer.puts <= limits.dhtPutsPerMinute && ofHost.puts <= limits.dhtPutsPerHost
  }

  /** Takes a refusal into account. @returns whether the device has had its fill of them in this minute */
  refused(peer: string): boolean {
    const count = this.#count(peer)
    count.refused++
    return count.refused > limits.dhtRefusals
  }

  #count(name: string): Count {
    const minute = Math.floor(this.#now() / 60_000)
    const known = this.#counts.get(name)
    if (known?.minute === minute) return known
    const count = { minute, puts: 0, refused: 0 }
    this.#counts.delete(name)
    this.#counts.set(name, count)
    if (this.#counts.size > limits.dhtRatedHosts) this.#counts.delete(this.#counts.keys().next().value!)
    return count
  }
}

/** What counts as one host: an IPv4 address, or the /64 of an IPv6 one, since a home gets a whole /64. */
export function hostOf(address: string): string {
  const [, family, ip] = /^\/(ip[46])\/([^/]+)/.exec(address) ?? []
  if (family !== 'ip6' || ip === undefined) return ip ?? address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = ip.split('::')
  const groups = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const all =
    tail === undefined ? groups : [...groups, ...new Array<string>(Math.max(0, 8 - groups.length - last.length)).fill('0'), ...last]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
