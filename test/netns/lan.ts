import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { needsRoot, needs } from '../harness/needs.ts'

/** Machines on one LAN, each a network namespace, joined by a bridge that is also their router, in a namespace of its own. */
export interface Lan extends Disposable {
  /** Starts a program on a machine. */
  spawn(machine: string, command: string, args: readonly string[], options?: SpawnOptions): ChildProcess
  /** Runs a program on a machine to its end. @returns what it printed; @throws when it fails */
  exec(machine: string, command: string, ...args: readonly string[]): string
  /** Gives a machine another address instead of those it has, as a router does that hands out a new lease. @param cidr `10.77.0.5/24` */
  setAddress(machine: string, cidr: string): void
  /** What goes before a command so that it runs on a machine. */
  prefix(machine: string): readonly string[]
  /** Whether a machine has a TCP connection established between these two addresses. */
  hasConnection(machine: string, own: string, other: string): boolean
  /** Packets that a machine has sent, by an nft counter on its way out. */
  sent(machine: string): { readonly multicast: number; readonly other: number }
}

/** The name by which `exec` reaches the bridge's own namespace. */
export const router = 'router'

const run = (...args: readonly string[]): string => execFileSync(args[0]!, args.slice(1), { encoding: 'utf8' })

/**
 * Builds a LAN. Names of namespaces are unique, and everything is gone after `dispose`.
 *
 * @param machines  name → address, in 10.77.0.0/24
 */
export function createLan(machines: Readonly<Record<string, string>>): Lan {
  needsRoot()
  needs({ '/usr/sbin/ip': 'apt install iproute2', '/usr/sbin/nft': 'apt install nftables' })
  const tag = `pl${randomBytes(3).toString('hex')}`
  const namespace = (name: string): string => {
    if (name !== router && !(name in machines)) throw new Error(`no machine ${name} on this LAN`)
    return `${tag}-${name}`
  }
  const exec = (name: string, ...args: readonly string[]): string => run('ip', 'netns', 'exec', namespace(name), ...args)
  const made: string[] = []
  const lan: Lan = {
    spawn: (name, command, args, options = {}) => spawn('ip', ['netns', 'exec', namespace(name), command, ...args], options),
    exec,
    setAddress: (name, cidr) => {
      exec(name, 'ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'global')
      exec(name, 'ip', 'address', 'add', cidr, 'dev', 'eth0')
      exec(name, 'ip', 'route', 'replace', 'default', 'via', '10.77.0.1')
    },
    prefix: (name) => ['ip', 'netns', 'exec', namespace(name)],
    hasConnection: (name, own, other) => exec(name, 'ss', '-Htn', 'state', 'established', 'src', own, 'dst', other).trim() !== '',
    sent: (name) => {
      const counters = exec(name, 'nft', 'list', 'table', 'inet', 'watch')
      const packets = (counter: string): number => Number(new RegExp(`counter ${counter} \\{[^}]*packets (\\d+)`).exec(counters)?.[1])
      return { multicast: packets('multicast'), other: packets('other') }
    },
    [Symbol.dispose]: () => {
      for (const name of made.splice(0)) {
        try {
          for (const pid of run('ip', 'netns', 'pids', name).split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL')
          run('ip', 'netns', 'delete', name)
        } catch {
          // gone already
        }
      }
    },
  }
  try {
    build()
  } catch (error) {
    lan[Symbol.dispose]()
    throw error
  }
  return lan

  function build(): void {
    for (const name of [router, ...Object.keys(machines)]) {
      run('ip', 'netns', 'add', namespace(name))
      made.push(namespace(name))
      exec(name, 'ip', 'link', 'set', 'lo', 'up')
    }
    exec(router, 'ip', 'link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0')
    exec(router, 'ip', 'address', 'add', '10.77.0.1/24', 'dev', 'br0')
    exec(router, 'ip', 'link', 'set', 'br0', 'up')
    for (const [index, [name, address]] of Object.entries(machines).entries()) {
      exec(router, 'ip', 'link', 'add', `port${index}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace(name))
      exec(router, 'ip', 'link', 'set', `port${index}`, 'master', 'br0', 'up')
      // The machine's kernel itself greets a network with IPv6 multicast; without IPv6 what is counted is the program's.
      exec(name, 'sysctl', '-qw', 'net.ipv6.conf.eth0.disable_ipv6=1')
      exec(name, 'ip', 'link', 'set', 'eth0', 'up')
      lan.setAddress(name, address)
      exec(
        name,
        'nft',
        [
          'table inet watch {',
          '  counter multicast {}',
          '  counter other {}',
          '  chain out {',
          '    type filter hook output priority 0',
          '    oifname "eth0" ip daddr 224.0.0.0/4 counter name multicast accept',
          '    oifname "eth0" counter name other',
          '  }',
          '}',
        ].join('\n'),
      )
    }
  }
}
