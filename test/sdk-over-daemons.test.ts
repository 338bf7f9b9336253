import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, defineProtocol, json, nothing, procedure, query, stream, subscription, text, type Porchlight } from '@porchlight/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LiveDaemon, pairLive } from './harness/live-daemon.ts'

const lines = {
  title: 'A door',
  what: '{contact} can knock.',
  why: 'To try things out.',
  who: '{contact} alone.',
  keep: 'Unknown.',
  onward: 'Unknown.',
  risk: 'None known.',
  cannotUndo: 'What was heard stays heard.',
  ifRefused: 'Nothing changes.',
  withdraw: 'You can stop it any time.',
}
const door = defineProtocol({
  id: '/example/door/1',
  publisher: 'tests',
  consent: { en: lines },
  scopes: { knock: { say: { en: 'Knock.' }, direction: 'both', required: true } },
  methods: {
    greet: query({ scope: 'knock', input: text, output: text }),
    leave: procedure({ scope: 'knock', input: json<string[]>(), output: nothing }),
    count: subscription({ scope: 'knock', input: json<number>(), output: json<number>() }),
    pipe: stream({ scope: 'knock', input: nothing }),
  },
  errors: ['asleep'],
})
const codeOf = (work: Promise<unknown>) => work.then(() => 'OK').catch((error: { code: string }) => error.code)
const patience = { timeout: 15_000 }

describe('the object of the SDK over real daemons', () => {
  let [ben, ana] = [] as unknown as [LiveDaemon, LiveDaemon]
  let [serving, calling] = [] as unknown as [Porchlight, Porchlight]
  let state: string

  /** An app as a program starts it; a person of its household lets it in. */
  const start = (daemon: LiveDaemon, app: string, may: object): Promise<Porchlight> =>
    connect({
      app,
      home: daemon.home,
      tokenFile: join(state, `${app}.json`),
      protocols: [{ id: door.id, ...may }],
      onWaiting: ({ id }) => void daemon.letIn(id),
    })

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'porchlight-apps-'))
    ben = await LiveDaemon.start('ben')
    ana = await LiveDaemon.start('ana')
    await pairLive(ben, ana)
    serving = await start(ben, 'Door', { serve: true })
    calling = await start(ana, 'Visitor', { call: true })
  })
  afterAll(async () => {
    for (const each of [serving, calling, ben, ana]) await each?.[Symbol.asyncDispose]()
    await rm(state, { recursive: true, force: true })
  })

  const notes: string[] = []
  const serve = () =>
    serving.serve(door, {
      greet: async (name, call) => {
        if (name === 'nobody') throw door.fail('asleep')
        return `Hello ${name}, known here as ${call.contact} at ${call.location}`
      },
      leave: async (said) => void notes.push(...said),
      count: async function* (from, call) {
        for (let n = from; !call.signal.aborted; n++) {
          yield n
          await new Promise((wake) => setTimeout(wake, 2))
        }
      },
      pipe: async (_input, call) => {
        for await (const message of call.messages) await call.send(message)
      },
    })

  test('an app that was let in asks, a person of the other household agrees, and calls of every kind pass', async () => {
    await serve()
    const at = calling.client('ben', door, { location: 'front' })
    expect(await codeOf(at.greet('Ana'))).toBe('CONSENT_REQUIRED')
    const asked = await calling.ask({ to: 'ben', protocol: door, location: 'front', why: 'to knock' })
    const granted = asked.granted({ signal: AbortSignal.timeout(15_000) })
    const id = await ben.sayYes()
    expect(await granted).toMatchObject({ id, petname: 'ben', location: 'front', state: 'ACTIVE' })

    expect(await at.greet('Ana')).toBe('Hello Ana, known here as ana at front')
    expect(door.failedWith(await at.greet('nobody').catch((error: unknown) => error), 'asleep')).toBe(true)
    await at.leave(['one', 'two'])
    expect(notes).toEqual(['one', 'two'])
    const numbers: number[] = []
    for await (const n of at.count(40)) if (numbers.push(n) === 3) break
    expect(numbers).toEqual([40, 41, 42])
    const call = await at.pipe()
    await call.send(new Uint8Array(500_000).fill(7))
    await call.end()
    let total = 0
    for await (const message of call.messages) total += message.byteLength
    expect(total).toBe(500_000)
  })

  test('a daemon that restarts under a serving app is found again, and calls pass without the app doing anything', async () => {
    const at = calling.client('ben', door, { location: 'front' })
    const [lost, found] = (['daemon.lost', 'daemon.found'] as const).map(
      (type) => new Promise<void>((resolve) => void serving.on(type, () => resolve())),
    )
    await ben.end()
    await lost
    await ben.begin()
    await found
    await expect.poll(() => at.greet('Ana').catch((error: { code: string }) => error.code), patience).toContain('Hello Ana')
  })

  test('a daemon that restarts under a subscription ends it with a code, and the next one goes', async () => {
    const at = calling.client('ben', door, { location: 'front' })
    const numbers = at.count(0)[Symbol.asyncIterator]()
    await numbers.next()
    const lost = new Promise<void>((resolve) => void calling.on('daemon.lost', () => resolve()))
    await ana.end()
    const rest = (async () => {
      while ((await numbers.next()).done !== true);
    })()
    expect(await codeOf(rest)).toBe('CLOSED')
    await lost
    await ana.begin()
    const again = async () => (await at.count(9)[Symbol.asyncIterator]().next()).value as number
    await expect.poll(() => again().catch((error: { code: string }) => error.code), patience).toBe(9)
  })

  test('a revocation ends a running subscription, and the app hears of it', async () => {
    const at = calling.client('ben', door, { location: 'front' })
    const ended = new Promise<string>(
      (heard) => void calling.on('grant.changed', ({ grant }) => grant?.state === 'REVOKED' && heard(grant.petname)),
    )
    const run = (async () => {
      for await (const n of at.count(0))
        if (n === 3) await ben.node.revoke(ben.node.grants().find(({ state: now }) => now === 'ACTIVE')!.id)
    })()
    expect(['DENIED', 'CLOSED']).toContain(await codeOf(run))
    expect(await ended).toBe('ben')
    expect(await codeOf(at.greet('Ana'))).toBe('CONSENT_REQUIRED')
  })

  test('an app may not serve what was not agreed, and what it serves no longer is denied', async () => {
    const asked = await calling.ask({ to: 'ben', protocol: door, location: 'back', why: 'to knock' })
    const granted = asked.granted({ signal: AbortSignal.timeout(15_000) })
    await ben.sayYes()
    await granted
    expect(await codeOf(calling.serve(door, {} as never))).toBe('DENIED')
    await serving[Symbol.asyncDispose]()
    expect(await codeOf(calling.client('ben', door, { location: 'back' }).greet('Ana'))).toBe('DENIED')
  })
})
