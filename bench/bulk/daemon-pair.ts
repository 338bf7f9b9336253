import { connect, type Porchlight } from '@porchlight/sdk'
import { addApp } from '../../test/apps/two-apps.ts'
import { Home, pair, waitFor } from '../../test/harness/home.ts'
import { bulk, room } from './protocol.ts'

/** Two daemons that are contacts, each with an app that its household has let in. */
export class DaemonPair implements AsyncDisposable {
  readonly #ana: Home
  readonly #ben: Home
  /** What the serving app connects with. */
  readonly serving: { readonly home: string; readonly token: string }

  private constructor(ana: Home, ben: Home, token: string) {
    this.#ana = ana
    this.#ben = ben
    this.serving = { home: ben.dir, token }
  }

  static async start(): Promise<DaemonPair> {
    const [ana, ben] = await Promise.all([Home.start('ana'), Home.start('ben')])
    await pair(ben, ana)
    return new DaemonPair(ana, ben, await addApp(ben, 'Bulk', { serve: true }, bulk.id))
  }

  get pids() {
    return { 'near daemon': this.#ana.pid, 'far daemon': this.#ben.pid }
  }

  /** The calling app, with a grant in force; once the other is serving. */
  async calling(): Promise<Porchlight> {
    const app = await connect({ app: 'Bulk', home: this.#ana.dir, token: await addApp(this.#ana, 'Bulk', { call: true }, bulk.id) })
    const asked = await app.ask({ to: 'ben', protocol: bulk, location: room, why: 'to measure' })
    const granted = asked.granted({ signal: AbortSignal.timeout(30_000) })
    const ask = await waitFor('the ask', async () =>
      (await this.#ben.json('GET', '/v1/asks')).asks.find(({ protocol }: { protocol: string }) => protocol === bulk.id),
    )
    await this.#ben.json('POST', `/v1/asks/${ask.id}/approve`, { shown: ask.card.hash })
    await granted
    return app
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#ana[Symbol.asyncDispose](), this.#ben[Symbol.asyncDispose]()])
  }
}
