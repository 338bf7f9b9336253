import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { Namespaces } from '../harness/namespaces.ts'

/** Machines on one LAN, each a network namespace, joined by a bridge that is also their router, in a namespace of its own. */
export interface Lan extends Disposable {
  /** Starts a program on a machine. */
  spawn(machine: string, command: readonly string[], options?: SpawnOptions): ChildProcess
  /** Gives a machine another address instead of those it has, as a router does that hands out a new lease. @param cidr `10.77.0.5/24` */
  setAddress(machine: string, cidr: string): void
  /** What goes before a command so that it runs on a machine. */
  prefix(machine: string): readonly string[]
  /** Whether a machine has a TCP connection established between these two addresses. */
  hasConnection(machine: string, own: string, other: string): boolean
  /** Packets that a machine has sent, by an nft counter on its way out. */
  sent(machine: string): { readonly multicast: number; readonly other: number }
}

const router = 'router'

/**
 * Builds a LAN. Everything is gone after `dispose`.
 *
 * @param machines  name → address, in 10.77.0.0/24
 */
export function createLan(machines: Readonly<Record<string, string>>): Lan {
  const spaces = new Namespaces()
  const lan: Lan = {
    spawn: (name, command, options) => spaces.spawn(name, command, options),
    setAddress: (name, cidr) => {
      spaces.ip(name, 'address', 'flush', 'dev', 'eth0', 'scope', 'global')
      spaces.ip(name, 'address', 'add', cidr, 'dev', 'eth0')
      spaces.ip(name, 'route', 'replace', 'default', 'via', '10.77.0.1')
    },
    prefix: (name) => spaces.prefix(name),
    hasConnection: (name, own, other) => spaces.exec(name, 'ss', '-Htn', 'state', 'established', 'src', own, 'dst', other).trim() !== '',
    sent: (name) => {
      const counters = spaces.exec(name, 'nft', 'list', 'table', 'inet', 'watch')
      const packets = (counter: string): number => Number(new RegExp(`counter ${counter} \\{[^}]*packets (\\d+)`).exec(counters)?.[1])
      return { multicast: packets('multicast'), other: packets('other') }
    },
    [Symbol.dispose]: () => spaces[Symbol.dispose](),
  }
  try {
    build()
  } catch (error) {
    lan[Symbol.dispose]()
    throw error
  }
  return lan

  function build(): void {
    spaces.add(router)
    spaces.ip(router, 'link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0')
    spaces.ip(router, 'address', 'add', '10.77.0.1/24', 'dev', 'br0')
    spaces.ip(router, 'link', 'set', 'br0', 'up')
    for (const [index, [name, address]] of Object.entries(machines).entries()) {
      spaces.add(name)
      spaces.ip(router, 'link', 'add', 'name', `port${index}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', spaces.name(name))
      spaces.ip(router, 'link', 'set', `port${index}`, 'master', 'br0', 'up')
      // The machine's kernel itself greets a network with IPv6 multicast; without IPv6 what is counted is the program's.
      spaces.exec(name, 'sysctl', '-qw', 'net.ipv6.conf.eth0.disable_ipv6=1')
      spaces.ip(name, 'link', 'set', 'eth0', 'up')
      lan.setAddress(name, address)
      spaces.exec(name, 'nft', watchTable)
    }
  }
}

/** Counts what a machine sends. */
const watchTable = [
  'table inet watch {',
  '  counter multicast {}',
  '  counter other {}',
  '  chain out {',
  '    type filter hook output priority 0',
  '    oifname "eth0" ip daddr 224.0.0.0/4 counter name multicast accept',
  '    oifname "eth0" counter name other',
  '  }',
  '}',
].join('\n')
