import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSettings, startDaemon, type RunningDaemon } from '@porchlight/daemon'
import { createNode, type HouseholdNode } from '@porchlight/node'
import { waitFor } from './home.ts'

/** A daemon in this process, with everything real, and its node at hand for what people of the household decide. */
export class LiveDaemon implements AsyncDisposable {
  readonly name: string
  readonly home: string
  #node: HouseholdNode | undefined
  #daemon: RunningDaemon | undefined

  private constructor(name: string, home: string) {
    this.name = name
    this.home = home
  }

  static async start(name: string): Promise<LiveDaemon> {
    const daemon = new LiveDaemon(name, await mkdtemp(join(tmpdir(), `porchlight-${name}-`)))
    await daemon.begin()
    return daemon
  }

  get node(): HouseholdNode {
    return this.#node!
  }

  get socket(): string {
    return this.#daemon!.socketPath
  }

  get url(): string {
    return this.#daemon!.apiUrl
  }

  /** Starts it, or starts it again on the same home. */
  async begin(): Promise<void> {
    const environment = {
      PORCHLIGHT_HOME: this.home,
      PORCHLIGHT_NAME: this.name,
      PORCHLIGHT_MDNS: 'false',
      PORCHLIGHT_LISTEN: '/ip4/127.0.0.1/tcp/0',
    }
    this.#daemon = await startDaemon({
      loaded: loadSettings({ flags: {}, environment }),
      environment: {},
      createNode: async (options) => (this.#node = await createNode(options)),
      log: () => {},
      nowMs: Date.now,
    })
  }

  async end(): Promise<void> {
    await this.#daemon?.[Symbol.asyncDispose]()
    this.#daemon = undefined
  }

  /** Says yes to the only ask of another household, as a person who looked at the card. @returns the grant */
  async sayYes(): Promise<string> {
    const ask = await waitFor(`an ask at ${this.name}`, async () => this.node.asks().find(({ kind }) => kind === 'ask'))
    return (await this.node.approve(ask.id, { shown: ask.card.hash })).id
  }

  /** Lets a program be an app of the household, as a person who looked at the card. */
  async letIn(requestId: string): Promise<void> {
    const { requests } = (await this.asHousehold('/v1/apps/requests')) as { requests: { id: string; card: { hash: string } }[] }
    const request = requests.find(({ id }) => id === requestId)
    await this.asHousehold(`/v1/apps/requests/${requestId}/approve`, { shown: request?.card.hash })
  }

  /** Ends an app. */
  async revokeApp(name: string): Promise<void> {
    await this.asHousehold(`/v1/apps/${encodeURIComponent(name)}`, undefined, 'DELETE')
  }

  /** One request to the API as the household itself. @returns what it answered @throws unless that is a 200 */
  async asHousehold(path: string, body?: object, method = body === undefined ? 'GET' : 'POST'): Promise<unknown> {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const headers = bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.byteLength }
    const outgoing = request({ socketPath: this.socket, path, method, headers })
    outgoing.end(bytes)
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    const text = Buffer.concat(await answer.toArray()).toString()
    if (answer.statusCode !== 200) throw new Error(`${this.name}: ${path} answered ${answer.statusCode}: ${text}`)
    return JSON.parse(text) as unknown
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
    await rm(this.home, { recursive: true, force: true })
  }
}

/** Makes two of them contacts by their names. */
export async function pairLive(host: LiveDaemon, guest: LiveDaemon): Promise<void> {
  const { link } = await host.node.createInvite({ petname: guest.name })
  await guest.node.acceptInvite(link, { petname: host.name })
}
