import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { startBulkApp } from '../harness/bulk-app.ts'
import { Home, pair, waitFor } from '../harness/home.ts'
import { Capture } from './capture.ts'
import { Internet } from './internet.ts'
import type { HomeKind } from './nat.ts'
import { goals } from './pairs.ts'

const port = 4242

/** Where a kernel tells its own link which groups a program listens to (IGMP, RFC 3376). */
const multicastReports = '224.0.0.22'

/** Two households behind routers, each a daemon of its own, and a third at `r` that carries for them; a packet capture at both routers. */
export class HouseholdStory implements AsyncDisposable {
  readonly #open = new AsyncDisposableStack()
  readonly #listed = new Map<string, Set<string>>()
  #app: Awaited<ReturnType<typeof startBulkApp>> | undefined

  readonly internet: Internet
  readonly carol: Home
  readonly benedict: Home
  readonly anastasia: Home
  readonly #captures: ReadonlyMap<Home, Capture>

  private constructor(internet: Internet, homes: { carol: Home; benedict: Home; anastasia: Home }, captures: ReadonlyMap<Home, Capture>) {
    this.internet = internet
    this.carol = homes.carol
    this.benedict = homes.benedict
    this.anastasia = homes.anastasia
    this.#captures = captures
    this.#open.defer(() => internet[Symbol.dispose]())
    for (const capture of captures.values()) this.#open.use(capture)
    for (const home of Object.values(homes)) this.#open.use(home)
  }

  static async begin(kind: HomeKind): Promise<HouseholdStory> {
    const internet = await Internet.create({ homes: { anastasia: kind, benedict: kind }, roundTripMs: goals.roundTripMs })
    try {
      const [atAnastasia, atBenedict] = [await Capture.start(internet, 'anastasia'), await Capture.start(internet, 'benedict')]
      const start = (name: string, machine: string): Promise<Home> =>
        Home.start(name, { PORCHLIGHT_LISTEN: `/ip4/0.0.0.0/tcp/${port}` }, internet.prefix(machine))
      const carol = await start('carol', 'r')
      const [anastasia, benedict] = await Promise.all([start('anastasia', 'anastasia'), start('benedict', 'benedict')])
      const captures = new Map([
        [anastasia, atAnastasia],
        [benedict, atBenedict],
      ])
      return new HouseholdStory(internet, { carol, benedict, anastasia }, captures)
    } catch (error) {
      internet[Symbol.dispose]()
      throw error
    }
  }

  /** Carol, whom both know, carries for both. */
  async carolCarries(): Promise<void> {
    await this.carol.cli('relay', 'on')
    for (const home of [this.anastasia, this.benedict]) {
      await pair(this.carol, home)
      const grant = await this.carol.cli('relay', 'allow', home.name, '--yes')
      const offer = await waitFor("Carol's offer", async () => (await home.cli('asks')).find(({ id }: { id: string }) => id === grant.id))
      await home.cli('approve', offer.id, '--yes')
      await waitFor(`${home.name} to be carried`, async () =>
        (await home.cli('relay')).carriers.some(({ state }: { state: string }) => state === 'held'),
      )
    }
    await this.notesWhomItContacts()
  }

  /** An app in Benedict's home, that nobody outside can reach. @returns its address there */
  async app(): Promise<string> {
    this.#app = this.#open.use(await startBulkApp(this.internet.prefix('benedict')))
    return `http://127.0.0.1:${this.#app.port}`
  }

  /** Anastasia's browser, which sees what her machine sees. The body goes to stdout. */
  browse(url: string, ...flags: string[]): ChildProcess {
    const [command, ...args] = [...this.internet.prefix('anastasia'), 'curl', '-sS', ...flags, url]
    return spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Whether Anastasia's browser gets all of this within two seconds. */
  async arrives(url: string): Promise<boolean> {
    const browser = this.browse(url, '--fail', '--max-time', '2', '--output', '/dev/null')
    const [code] = await once(browser, 'exit')
    return code === 0
  }

  /** The path that Benedict's household shows for Anastasia. */
  async path(): Promise<'direct' | 'relayed' | undefined> {
    return (await this.benedict.cli('contacts')).find(({ petname }: { petname: string }) => petname === 'anastasia').path?.kind
  }

  /** Takes down whom `doctor` says that the nodes contact, as it is now; the lists of a story add up. */
  async notesWhomItContacts(): Promise<void> {
    for (const home of [this.anastasia, this.benedict]) {
      const { talksTo } = await home.json('GET', '/v1/doctor')
      const listed = this.#listed.get(home.name) ?? new Set()
      this.#listed.set(home.name, listed)
      for (const address of talksTo.flatMap(({ addresses }: { addresses: string[] }) => addresses))
        for (const [ip] of String(address).matchAll(/\d+\.\d+\.\d+\.\d+/g)) listed.add(ip)
    }
  }

  /** Addresses to which the homes sent something although their own lists never had them. */
  contactedUnlisted(): string[] {
    return [...this.#captures].flatMap(([home, capture]) =>
      capture
        .contacted()
        .filter((address) => this.#listed.get(home.name)?.has(address) !== true && address !== multicastReports)
        .map((address) => `${home.name} → ${address}`),
    )
  }

  /** Which of these stood in clear in what passed either router. */
  inClear(secrets: Readonly<Record<string, string | Buffer>>): string[] {
    return [...new Set([...this.#captures.values()].flatMap((capture) => capture.inClear(secrets)))]
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync()
  }
}
