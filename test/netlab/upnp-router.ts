import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { needs } from '../harness/needs.ts'
import type { Internet } from './internet.ts'

const program = '/usr/sbin/miniupnpd'

/** Chains that miniupnpd fills. What it forwards passes the lab's own filter, as every connection that was translated does. */
const chains = `table inet upnp {
  chain forward { }
  chain prerouting { }
  chain postrouting { }
  chain in { type nat hook prerouting priority -90; jump prerouting; }
  chain out { type nat hook postrouting priority 90; jump postrouting; }
}`

const settings = {
  ext_ifname: 'wan',
  listening_ip: 'lan',
  enable_upnp: 'yes',
  enable_natpmp: 'no',
  ipv6_disable: 'yes',
  // A machine forwards to itself only.
  secure_mode: 'yes',
  // The same after every start, as those of a router are: nothing but the forgotten port tells that it was off.
  http_port: '5000',
  uuid: 'b9cd4d6c-3d5a-4b6b-9d0c-1d2e3f405162',
  upnp_table_name: 'upnp',
  upnp_nat_table_name: 'upnp',
  upnp_forward_chain: 'forward',
  upnp_nat_chain: 'prerouting',
  upnp_nat_postrouting_chain: 'postrouting',
}
const config = [...Object.entries(settings).map(([name, value]) => `${name}=${value}`), 'allow 1024-65535 0.0.0.0/0 1024-65535', ''].join(
  '\n',
)

/** UPnP for a home of the lab, by the program that most routers have: miniupnpd, on the home's router. It ends with the lab. */
export class UpnpRouter implements AsyncDisposable {
  readonly #internet: Internet
  readonly #machine: string
  readonly #dir = mkdtempSync(join(tmpdir(), 'porchlight-upnp-'))
  #daemon: ChildProcess | undefined

  private constructor(internet: Internet, home: string) {
    this.#internet = internet
    this.#machine = internet.router(home)
    writeFileSync(join(this.#dir, 'conf'), config)
  }

  /** @throws when miniupnpd is missing, or ends at once */
  static async start(internet: Internet, home: string): Promise<UpnpRouter> {
    needs({ [program]: 'apt install miniupnpd-nftables' })
    const router = new UpnpRouter(internet, home)
    await router.#switchOn()
    return router
  }

  /** What it forwards, as its kernel has it: outer port, and where that leads. */
  forwarded(): string[] {
    const rules = this.#internet.exec(this.#machine, 'nft', 'list', 'chain', 'inet', 'upnp', 'prerouting')
    return [...rules.matchAll(/dport (\d+) dnat ip to ([0-9.:]+)/g)].map(([, port, to]) => `${port} → ${to}`)
  }

  /** Off and on again: what it forwarded is forgotten. */
  async restart(): Promise<void> {
    await this.#switchOff()
    await this.#switchOn()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#switchOff()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  async #switchOn(): Promise<void> {
    this.#internet.exec(this.#machine, 'nft', chains)
    const words = ['-d', '-f', join(this.#dir, 'conf'), '-P', join(this.#dir, 'pid')]
    const daemon = this.#internet.spawn(this.#machine, [program, ...words], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#daemon = daemon
    const said: string[] = []
    const listens = new Promise<void>((resolve, reject) => {
      daemon.stderr!.on('data', (text: Buffer) => {
        said.push(text.toString())
        if (said.join('').includes('HTTP listening on port')) resolve()
      })
      daemon.on('exit', () => reject(new Error(`miniupnpd ended at once: ${said.join('')}`)))
    })
    await listens
  }

  async #switchOff(): Promise<void> {
    const daemon = this.#daemon
    if (daemon && daemon.exitCode === null && daemon.signalCode === null) {
      const exit = once(daemon, 'exit')
      daemon.kill('SIGKILL')
      await exit
    }
    this.#internet.exec(this.#machine, 'nft', 'delete', 'table', 'inet', 'upnp')
  }
}
