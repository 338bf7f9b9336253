import { apiOf, type Asked } from './ask-api.ts'
import { AppOverHttp } from './app-over-http.ts'
import { FakeHousehold } from './fake-household.ts'
import { FakeNode } from './fake-node.ts'

export const greeting = '/example/greeting/1'
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** A household that is its own far side, with an app that serves `greeting` over HTTP and one that calls it. */
export class AppHousehold implements AsyncDisposable {
  readonly house: FakeHousehold
  readonly serving: AppOverHttp
  /** Ends the grant under which calls run. */
  readonly ending: AbortController
  readonly caller: string
  readonly server: string
  readonly ask: ReturnType<typeof apiOf>['ask']
  readonly open: ReturnType<typeof apiOf>['open']

  private constructor(parts: Pick<AppHousehold, 'house' | 'serving' | 'ending' | 'caller' | 'server' | 'ask' | 'open'>) {
    this.house = parts.house
    this.serving = parts.serving
    this.ending = parts.ending
    this.caller = parts.caller
    this.server = parts.server
    this.ask = parts.ask
    this.open = parts.open
  }

  static async start(): Promise<AppHousehold> {
    const ending = new AbortController()
    const node = new FakeNode()
    node.allows = { scopes: ['read'], signal: ending.signal }
    const house = await FakeHousehold.start(node)
    const serving = await AppOverHttp.start()
    const { ask, open } = apiOf(() => house)
    const make = async (name: string, may: object): Promise<string> =>
      (await ask('/v1/apps', { method: 'POST', body: { name, protocols: [{ id: greeting, ...may }] } })).json().token
    const caller = await make('Caller', { call: true })
    const server = await make('Greeter', { serve: true })
    await ask(`/v1/app/serves${greeting}`, { method: 'PUT', headers: bearer(server), body: serving.registration(greeting) })
    return new AppHousehold({ house, serving, ending, caller, server, ask, open })
  }

  call(method: string, body: string, asked: Asked = {}) {
    const path = `/v1/contacts/ana/call${greeting}/${method}`
    return this.ask(path, { method: 'POST', body, ...asked, headers: { ...bearer(this.caller), ...asked.headers } })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.house[Symbol.asyncDispose]()
    await this.serving[Symbol.asyncDispose]()
  }
}
