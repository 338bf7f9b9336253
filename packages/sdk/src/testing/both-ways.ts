import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../remote/connect.ts'
import { FakeDaemon } from './fake-daemon.ts'
import { households, type TestHouseholds } from './households.ts'
import { memoryNetwork, type TestOptions } from './memory-network.ts'

type Names = 'ana' | 'ben' | 'eve'
/** Three households, however they are reached. */
export type Three = TestHouseholds<Names>

const names = ['ana', 'ben', 'eve'] as const

/** The same three households with each app on its own daemon, over a real socket. */
async function throughDaemons(options: TestOptions): Promise<Three> {
  const { members, clock } = memoryNetwork(names, options)
  const dir = await mkdtemp(join(tmpdir(), 'porchlight-sdk-'))
  const open = new AsyncDisposableStack()
  open.defer(() => rm(dir, { recursive: true }))
  const made = await Promise.all(
    members.map(async ({ name, backend, person, move }) => {
      const socket = join(dir, `${name}.sock`)
      const daemon = open.use(new FakeDaemon(backend, { path: socket }))
      daemon.tokens.add('plapp_test')
      await daemon.start()
      const porchlight = open.use(await connect({ app: name, socket, token: 'plapp_test' }))
      return [name, { ...porchlight, person, goOffline: () => move(false), goOnline: () => move(true) }] as const
    }),
  )
  return { ...(Object.fromEntries(made) as unknown as Three), clock, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

/** What one object promises it promises however the household is reached. */
export const bothWays: readonly (readonly [string, (options?: TestOptions) => Promise<Three>])[] = [
  ['in memory', async (options = {}) => households(names, options)],
  ['through a daemon', (options = {}) => throughDaemons(options)],
]
