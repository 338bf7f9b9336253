import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scaffold, writeFolder, checkFolder, readFolder } from '@porchlight/kit'
import { bytes, connect, protocolOf, query, type Porchlight } from '@porchlight/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../daemon/src/testing/fake-household.ts'
import { LiveDaemon, pairLive } from './harness/live-daemon.ts'

let [dir, ben, ana] = ['', undefined, undefined] as [string, LiveDaemon | undefined, LiveDaemon | undefined]
let [host, visitor] = [] as unknown as [Porchlight, Porchlight]
/** What Ben's app does with an empty name. */
let emptyIs: 'an error' | 'answered' = 'an error'

const app = (daemon: LiveDaemon, name: string, protocol: object): Promise<Porchlight> =>
  connect({
    app: name,
    home: daemon.home,
    tokenFile: join(dir, `${name}.json`),
    protocols: [{ id: '/example/doorbell/1', ...protocol }],
    onWaiting: ({ id }) => void daemon.letIn(id),
  })

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-conform-'))
  const folder = join(dir, 'doorbell')
  writeFolder(folder, scaffold('doorbell').files)
  ben = await LiveDaemon.start('ben')
  ana = await LiveDaemon.start('ana')
  await pairLive(ben, ana)
  host = await app(ben, 'Bell', { serve: true })
  visitor = await app(ana, 'Visitor', { call: true })
  const doorbell = protocolOf({
    manifest: checkFolder(readFolder(folder)).manifest!.body,
    methods: { ring: query({ scope: 'ring', input: bytes, output: bytes }) },
    errors: ['no-name'],
  })
  await host.serve(doorbell, {
    ring: async (payload) => {
      const refuse = (code: 'BAD_REQUEST') => Object.assign(doorbell.fail('no-name'), { code, reason: undefined })
      let name: unknown
      try {
        name = (JSON.parse(new TextDecoder().decode(payload)) as { name?: unknown }).name
      } catch {
        throw refuse('BAD_REQUEST')
      }
      if (typeof name !== 'string' || name.length > 80) throw refuse('BAD_REQUEST')
      if (name === '' && emptyIs === 'an error') throw doorbell.fail('no-name')
      return new TextEncoder().encode(JSON.stringify({ text: `Coming, ${name}!` }))
    },
  })
  const asked = await visitor.ask({ to: 'ben', protocol: doorbell, location: 'door', why: 'to ring' })
  const granted = asked.granted({ signal: AbortSignal.timeout(15_000) })
  await ben.sayYes()
  await granted
}, 60_000)
afterAll(async () => {
  for (const each of [host, visitor, ben, ana]) await each?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

const conform = (...more: string[]) =>
  runCommand(['protocol', 'conform', join(dir, 'doorbell'), '--against', 'ben', '--home', ana!.home, ...more], {})

test('an app of a contact is judged through two daemons, by an app that is gone afterwards', async () => {
  const { code, out, said } = await conform('--location', 'door')
  expect(out + said).toBe('/example/doorbell/1 at ben: 5 passed, 0 failed, 0 not run\n')
  expect(code).toBe(0)
  const apps = await runCommand(['apps', '--json', '--home', ana!.home], {})
  expect(apps.json().data.apps.map(({ name }: { name: string }) => name)).toEqual(['Visitor'])
}, 60_000)

test('what that app does wrong is named by its requirement, and no grant is no conformance', async () => {
  emptyIs = 'answered'
  const { code, out } = await conform('--location', 'door')
  expect(out).toContain('N3 (Flow): broken\n  an empty name has an error of its own: expected APP, got OK')
  expect(code).toBe(1)
  expect((await conform('--location', 'cellar')).out).toContain('got CONSENT_REQUIRED')
}, 60_000)
