import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, defineProtocol, json, nothing, PorchlightError, procedure, subscription, type Porchlight } from '@porchlight/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from './harness/home.ts'
import { LiveDaemon, pairLive } from './harness/live-daemon.ts'

const lines = {
  title: 'A diary',
  what: '{contact} can write into it and read it.',
  why: 'To try things out.',
  who: '{contact} alone.',
  keep: 'Unknown.',
  onward: 'Unknown.',
  risk: 'None known.',
  cannotUndo: 'What was read stays read.',
  ifRefused: 'Nothing changes.',
  withdraw: 'You can stop it any time.',
}
const diary = defineProtocol({
  id: '/example/diary/1',
  publisher: 'tests',
  consent: { en: lines },
  scopes: { use: { say: { en: 'Use it.' }, direction: 'both', required: true } },
  methods: {
    write: procedure({ scope: 'use', input: json<number>(), output: nothing }),
    read: subscription({ scope: 'use', input: json<number>(), output: json<number>() }),
  },
})

let [ben, ana] = [] as unknown as [LiveDaemon, LiveDaemon]
let [serving, calling] = [] as unknown as [Porchlight, Porchlight]
let state: string
const written: number[] = []

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'porchlight-apps-'))
  ben = await LiveDaemon.start('ben')
  ana = await LiveDaemon.start('ana')
  await pairLive(ben, ana)
  const start = (daemon: LiveDaemon, app: string, may: object) =>
    connect({
      app,
      home: daemon.home,
      tokenFile: join(state, app),
      protocols: [{ id: diary.id, ...may }],
      onWaiting: ({ id }) => void daemon.letIn(id),
    })
  serving = await start(ben, 'Diary', { serve: true })
  calling = await start(ana, 'Writer', { call: true })
  await serving.serve(diary, {
    write: async (note) => void written.push(note),
    read: async function* (from, call) {
      for (let n = from; !call.signal.aborted; n++) {
        yield n
        await new Promise((wake) => setTimeout(wake, 5))
      }
    },
  })
  const asked = await calling.ask({ to: 'ben', protocol: diary, why: 'to write' })
  const granted = asked.granted({ signal: AbortSignal.timeout(15_000) })
  await ben.sayYes()
  await granted
})
afterAll(async () => {
  for (const each of [serving, calling, ben, ana]) await each?.[Symbol.asyncDispose]()
  await rm(state, { recursive: true, force: true })
})

/** Codes after which a program goes on by itself, as docs/app-developers.md#when-the-daemon-restarts says. */
const passing = new Set(['CLOSED', 'UNREACHABLE', 'BUSY', 'TIMEOUT'])

/** Goes on with something until it is told to stop. @returns the codes that it met */
async function persist(stop: AbortSignal, work: () => Promise<void>): Promise<string[]> {
  const codes: string[] = []
  while (!stop.aborted) {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof PorchlightError) || !passing.has(error.code)) throw error
      codes.push(error.code)
      await new Promise((wake) => setTimeout(wake, 50))
    }
  }
  return codes
}

test(
  'daemons that restart under a writer and a reader lose nothing that was acknowledged, do nothing twice, and end what they cut with a code',
  { timeout: 90_000 },
  async () => {
    const there = calling.client('ben', diary)
    const stop = new AbortController()
    const acknowledged: number[] = []
    const seen: number[] = []
    let note = 0
    const writing = persist(stop.signal, async () => {
      const mine = note++
      await there.write(mine)
      acknowledged.push(mine)
      await new Promise((wake) => setTimeout(wake, 10))
    })
    const reading = persist(stop.signal, async () => {
      for await (const n of there.read(seen.length)) {
        seen.push(n)
        if (stop.signal.aborted) return
      }
    })
    const both = Promise.all([writing, reading])
    both.catch(() => {})

    for (const daemon of [ben, ana, ben]) {
      const [sofar, seenSoFar] = [acknowledged.length, seen.length]
      // Each goes on by itself: nobody serves again, connects again or asks again.
      await Promise.race([
        waitFor('both to go on', async () => acknowledged.length > sofar + 5 && seen.length > seenSoFar + 5, 20_000),
        both,
      ])
      await daemon.end()
      await daemon.begin()
    }
    const [sofar, seenSoFar] = [acknowledged.length, seen.length]
    await Promise.race([waitFor('both to go on', async () => acknowledged.length > sofar + 5 && seen.length > seenSoFar + 5, 20_000), both])
    stop.abort()
    const [codesOfWriter, codesOfReader] = await both

    expect(acknowledged.filter((each) => !written.includes(each))).toEqual([])
    expect(new Set(written).size).toBe(written.length)
    expect(seen).toEqual(seen.map((_, at) => at))
    expect(codesOfReader).toContain('CLOSED')
    // What was asked while a daemon was away was refused by a code, too.
    for (const code of [...codesOfWriter, ...codesOfReader]) expect([...passing]).toContain(code)
    const held = await calling.grants()
    expect(held.map(({ state: now }) => now)).toEqual(['ACTIVE'])
  },
)

test('an app that waits to be let in while the daemon restarts asks again by itself, and the person answers the new question', async () => {
  const told: string[] = []
  const connecting = connect({
    app: 'Late',
    home: ana.home,
    tokenFile: join(state, 'late'),
    protocols: [{ id: diary.id, call: true }],
    onWaiting: ({ id }) => void told.push(id),
  })
  await waitFor('the question', async () => told.length === 1)
  await ana.end()
  await ana.begin()
  await waitFor('the question once more', async () => told.length === 2, 15_000)
  await expect(ana.asHousehold(`/v1/apps/requests/${told[0]}/approve`, { shown: 'what it said before' })).rejects.toThrow('unknown-request')
  await ana.letIn(told[1]!)
  await using late = await connecting
  expect(late.household).toBe(ana.node.household)
  expect(told.length).toBe(2)
})
