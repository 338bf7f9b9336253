import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { Namespaces } from '../harness/namespaces.ts'
import { ipv4Rules, ipv6Rules, routersOf, type HomeKind } from './nat.ts'
import { joinByWire } from './wire.ts'

/** Public addresses: the ranges for documentation count as private in libp2p, so these are ordinary ones. Nothing leaves the namespaces. */
const hosts = {
  r: { subnet: '45.10.0', address: '45.10.0.10', ipv6Subnet: '2a01:10', ipv6: '2a01:10::10' },
  s: { subnet: '77.40.0', address: '77.40.0.10', ipv6Subnet: '2a01:40', ipv6: '2a01:40::10' },
} as const

/** The n-th home has the n-th of these; a home takes `.0` for the way to its router and `.1` for a public LAN. */
const homeNetworks = ['51.20', '62.30', '81.60', '90.70', '109.80', '130.90', '146.10', '178.20']

export interface InternetOptions {
  /** Home name → how it reaches the internet. At most eight. */
  readonly homes: Readonly<Record<string, HomeKind>>
  /** Round trip between two homes; half of it to a public host. Default 0. */
  readonly roundTripMs?: number
  /** Of the packets on a home's line, each way. Default 0. */
  readonly lossPercent?: number
  /** Whether homes and hosts have IPv6 `also` or `only`. Default `no`. */
  readonly ipv6?: 'no' | 'also' | 'only'
  /** All homes use the same private range, as homes do whose routers are of one make. Default false. */
  readonly sameLan?: boolean
}

/** Homes behind routers and two public hosts, `r` and `s`, each machine a network namespace. The machine of a home has the home's name. */
export class Internet implements Disposable {
  readonly #spaces: Namespaces
  readonly #options: InternetOptions

  private constructor(spaces: Namespaces, options: InternetOptions) {
    this.#spaces = spaces
    this.#options = options
  }

  /** Builds one. Everything is gone after `dispose`, or with the next run after a crash. */
  static async create(options: InternetOptions): Promise<Internet> {
    const internet = new Internet(new Namespaces(), options)
    try {
      await internet.#build()
      return internet
    } catch (error) {
      internet[Symbol.dispose]()
      throw error
    }
  }

  /** A public host's or a public home's own address; a home's address in its private LAN. */
  address(machine: string): string {
    if (machine === 'r' || machine === 's') return hosts[machine].address
    const n = this.#index(machine)
    return this.#options.homes[machine] === 'public' ? `${homeNetworks[n]}.1.10` : `${this.#lan(n)}.${10 + 10 * n}`
  }

  /** Global: there is no NAT. */
  ipv6Address(machine: string): string {
    return machine === 'r' || machine === 's' ? hosts[machine].ipv6 : `${ipv6Prefix(this.#index(machine))}:1::10`
  }

  /** What the internet sees as the source of what a home sends over IPv4. */
  publicAddress(home: string): string {
    return this.#options.homes[home] === 'public' ? this.address(home) : `${homeNetworks[this.#index(home)]}.0.2`
  }

  /** The machine between a home and the internet; its side towards the home is the interface `lan`. */
  router(home: string): string {
    return `${home}-router`
  }

  prefix(machine: string): readonly string[] {
    return this.#spaces.prefix(machine)
  }

  exec(machine: string, ...command: readonly string[]): string {
    return this.#spaces.exec(machine, ...command)
  }

  spawn(machine: string, command: readonly string[], options?: SpawnOptions): ChildProcess {
    return this.#spaces.spawn(machine, command, options)
  }

  /** The home's line is given another public address, as providers do at night: mappings and connections through it are lost. */
  renumber(home: string, lastByte: number): void {
    const network = `${homeNetworks[this.#index(home)]}.0`
    const edge = this.#edge(home)
    this.#spaces.ip(edge, 'address', 'flush', 'dev', 'wan', 'scope', 'global')
    this.#spaces.ip(edge, 'address', 'add', `${network}.${lastByte}/24`, 'dev', 'wan')
    this.#spaces.ip(edge, 'route', 'replace', 'default', 'via', `${network}.1`)
  }

  /** Nothing passes the machine's line, and nobody is told; until `mend`. */
  cut(machine: string): void {
    const line = `line-${machine}`
    const drops = `iifname ${line} drop\n oifname ${line} drop`
    this.#rules('inet', `table inet cut-${machine} {\n chain through {\n type filter hook forward priority 0;\n ${drops}\n }\n}`)
  }

  mend(machine: string): void {
    this.#spaces.exec('inet', 'nft', 'delete', 'table', 'inet', `cut-${machine}`)
  }

  [Symbol.dispose](): void {
    this.#spaces[Symbol.dispose]()
  }

  async #build(): Promise<void> {
    this.#machine('inet', { forwards: true })
    for (const name of ['r', 's'] as const) await this.#addHost(name)
    for (const [home, kind] of Object.entries(this.#options.homes)) await this.#addHome(home, kind)
  }

  async #addHost(name: 'r' | 's'): Promise<void> {
    const { subnet, address, ipv6Subnet, ipv6 } = hosts[name]
    this.#machine(name, { forwards: false })
    await joinByWire(this.#spaces, { machine: 'inet', interface: `line-${name}` }, { machine: name, interface: 'eth0' })
    if (this.#ipv4) {
      this.#address('inet', `${subnet}.1/24`, `line-${name}`)
      this.#address(name, `${address}/24`, 'eth0')
      this.#route(name, 'default', `${subnet}.1`)
    }
    if (this.#ipv6) {
      this.#address('inet', `${ipv6Subnet}::1/64`, `line-${name}`)
      this.#address(name, `${ipv6}/64`, 'eth0')
      this.#route(name, 'default', `${ipv6Subnet}::1`)
    }
  }

  async #addHome(home: string, kind: HomeKind): Promise<void> {
    const n = this.#index(home)
    const [own = 'public', carrier] = routersOf(kind)
    const { roundTripMs = 0, lossPercent = 0 } = this.#options
    const edge = this.#edge(home)
    this.#machine(edge, { forwards: true })
    await joinByWire(
      this.#spaces,
      { machine: 'inet', interface: `line-${home}` },
      { machine: edge, interface: 'wan' },
      { delayMs: roundTripMs / 4, lossPercent, seed: n + 1 },
    )
    if (carrier !== undefined) {
      this.#machine(this.router(home), { forwards: true })
      await joinByWire(this.#spaces, { machine: edge, interface: 'lan' }, { machine: this.router(home), interface: 'wan' })
    }
    this.#machine(home, { forwards: false })
    await joinByWire(this.#spaces, { machine: this.router(home), interface: 'lan' }, { machine: home, interface: 'eth0' })
    if (this.#ipv4) this.#addIpv4(home, carrier !== undefined)
    if (this.#ipv6) this.#addIpv6(home, carrier !== undefined)
    this.#rules(this.router(home), ipv4Rules(own, this.address(home)) + ipv6Rules(own))
    if (carrier !== undefined) this.#rules(edge, ipv4Rules(carrier, '100.64.1.2'))
  }

  #addIpv4(home: string, carried: boolean): void {
    const network = homeNetworks[this.#index(home)]!
    const router = this.router(home)
    this.#address('inet', `${network}.0.1/24`, `line-${home}`)
    this.#address(this.#edge(home), `${network}.0.2/24`, 'wan')
    this.#route(this.#edge(home), 'default', `${network}.0.1`)
    if (carried) {
      this.#address(this.#edge(home), '100.64.1.1/24', 'lan')
      this.#address(router, '100.64.1.2/24', 'wan')
      this.#route(router, 'default', '100.64.1.1')
    }
    const subnet = this.address(home).replace(/\.\d+$/, '')
    this.#address(router, `${subnet}.1/24`, 'lan')
    this.#address(home, `${this.address(home)}/24`, 'eth0')
    this.#route(home, 'default', `${subnet}.1`)
    if (this.#options.homes[home] === 'public') this.#route('inet', `${subnet}.0/24`, `${network}.0.2`)
  }

  #addIpv6(home: string, carried: boolean): void {
    const prefix = ipv6Prefix(this.#index(home))
    const router = this.router(home)
    this.#address('inet', `${prefix}:0::1/64`, `line-${home}`)
    this.#address(this.#edge(home), `${prefix}:0::2/64`, 'wan')
    this.#route(this.#edge(home), 'default', `${prefix}:0::1`)
    this.#route('inet', `${prefix}::/32`, `${prefix}:0::2`)
    if (carried) {
      this.#address(this.#edge(home), `${prefix}:2::1/64`, 'lan')
      this.#address(router, `${prefix}:2::2/64`, 'wan')
      this.#route(router, 'default', `${prefix}:2::1`)
      this.#route(this.#edge(home), `${prefix}:1::/64`, `${prefix}:2::2`)
    }
    this.#address(router, `${prefix}:1::1/64`, 'lan')
    this.#address(home, `${prefix}:1::10/64`, 'eth0')
    this.#route(home, 'default', `${prefix}:1::1`)
  }

  get #ipv4(): boolean {
    return this.#options.ipv6 !== 'only'
  }

  get #ipv6(): boolean {
    return this.#options.ipv6 === 'also' || this.#options.ipv6 === 'only'
  }

  /** The box at the end of the home's line: the carrier's where there is one. */
  #edge(home: string): string {
    return routersOf(this.#options.homes[home]!).length > 1 ? `${home}-carrier` : this.router(home)
  }

  #index(home: string): number {
    const n = Object.keys(this.#options.homes).indexOf(home)
    if (n < 0 || n >= homeNetworks.length) throw new Error(`there is no home ${home}`)
    return n
  }

  #lan(n: number): string {
    return `192.168.${this.#options.sameLan ? 1 : n + 1}`
  }

  #machine(name: string, { forwards }: { forwards: boolean }): void {
    this.#spaces.add(name)
    // Without IPv6 the kernels' own greetings stay off the wire, and what is captured is the programs'.
    const settings = this.#ipv6
      ? ['all', 'default'].flatMap((of) => [
          `net.ipv6.conf.${of}.accept_dad=0`,
          `net.ipv6.conf.${of}.accept_ra=0`,
          `net.ipv6.conf.${of}.forwarding=${Number(forwards)}`,
        ])
      : ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1']
    this.#spaces.exec(name, 'sysctl', '-qw', `net.ipv4.ip_forward=${Number(forwards)}`, ...settings)
  }

  #address(machine: string, cidr: string, link: string): void {
    this.#spaces.ip(machine, 'address', 'add', cidr, 'dev', link)
  }

  #route(machine: string, to: string, via: string): void {
    this.#spaces.ip(machine, 'route', 'add', to, 'via', via)
  }

  #rules(machine: string, rules: string): void {
    if (rules !== '') this.#spaces.exec(machine, 'nft', rules)
  }
}

const ipv6Prefix = (n: number): string => `2a01:${20 + n}`
