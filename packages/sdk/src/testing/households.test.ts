import { limits } from '@porchlight/core'
import { describe, expect, test, vi } from 'vitest'
import type { Handlers } from '../serve.ts'
import type { IncomingCall, Porchlight, PorchlightEvent } from '../porchlight.ts'
import { greeting } from './greeting.ts'
import { households } from './households.ts'

const dayMs = 86_400_000

const greetings = (seen: IncomingCall[] = []): Handlers<typeof greeting, IncomingCall> => ({
  greet: async ({ name }, call) => {
    seen.push(call)
    if (name === 'nobody') throw greeting.fail('asleep')
    return `Hello ${name}`
  },
  leave: async () => {},
  count: async function* (from, call) {
    for (let n = from; !call.signal.aborted; n++) {
      yield n
      await new Promise((wake) => setTimeout(wake, 1))
    }
  },
  pipe: async (_input, call) => {
    for await (const message of call.messages) await call.send(message)
  },
})

const allowed = async (asker: Porchlight, to = 'ben') =>
  (await asker.ask({ to, protocol: greeting, why: 'to say hello' })).granted({ signal: AbortSignal.timeout(5000) })

const codeOf = async (work: Promise<unknown>) => work.then(() => 'OK').catch((error: { code: string }) => error.code)
const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
const until = async (events: AsyncIterable<PorchlightEvent>, type: string): Promise<PorchlightEvent> => {
  for await (const event of events) if (event.type === type) return event
  throw new Error(`no ${type}`)
}

describe('a call', () => {
  test('is refused at home without a grant, and answered with one by a handler that knows who calls', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    const seen: IncomingCall[] = []
    await ben.serve(greeting, greetings(seen))
    const door = ana.client('ben', greeting)
    expect(await codeOf(door.greet({ name: 'Ana' }))).toBe('CONSENT_REQUIRED')
    expect(await allowed(ana)).toMatchObject({ direction: 'received', petname: 'ben', state: 'ACTIVE', scopes: ['greet'] })
    expect(await door.greet({ name: 'Ana' })).toBe('Hello Ana')
    expect(seen).toMatchObject([{ contact: 'ana', household: ana.household, scopes: new Set(['greet']) }])
  })

  test('is denied under a scope that the grant does not name, and allowed under one that a person ticked', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    await ben.serve(greeting, greetings())
    await allowed(ana)
    expect(await codeOf(ana.client('ben', greeting).leave('a note'))).toBe('DENIED')
    ben.person.give({ to: 'ana', protocol: greeting, also: ['note'] })
    await ana.granted({ to: 'ben', protocol: greeting })
    expect(await codeOf(ana.client('ben', greeting).leave('a note'))).toBe('OK')
  })

  test('brings the error that the protocol defines, and INTERNAL for what its author did not foresee', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    const faults: unknown[] = []
    const broken = { ...greetings(), leave: () => Promise.reject(new RangeError('a bug')) }
    await ben.serve(greeting, broken, { onFault: (error) => faults.push(error) })
    ben.person.give({ to: 'ana', protocol: greeting, also: ['note'] })
    const door = ana.client('ben', greeting)
    await ana.granted({ to: 'ben', protocol: greeting })
    const error = await door.greet({ name: 'nobody' }).catch((thrown: unknown) => thrown)
    expect(greeting.failedWith(error, 'asleep')).toBe(true)
    expect(await codeOf(door.leave('x'))).toBe('INTERNAL')
    expect(faults).toMatchObject([{ message: 'a bug' }])
  })

  test.each([
    ['an input that is refused where it is read', (door: Calls) => door.greet({ name: 5 as unknown as string }), 'BAD_REQUEST'],
    ['an input that cannot be written', (door: Calls) => door.greet(undefined as unknown as { name: string }), 'BAD_REQUEST'],
    ['an input over the limit', (door: Calls) => door.greet({ name: 'x'.repeat(limits.payloadLimitBytes) }), 'TOO_LARGE'],
    ['a signal that has aborted', (door: Calls) => door.greet({ name: 'Ana' }, { signal: AbortSignal.abort() }), 'CLOSED'],
    ['a deadline that is none', (door: Calls) => door.greet({ name: 'Ana' }, { deadlineMs: -1 }), 'BAD_REQUEST'],
  ] as const)('%s has a code', async (_what, call, code) => {
    const { ana, ben } = households(['ana', 'ben'])
    await ben.serve(greeting, greetings())
    await allowed(ana)
    expect(await codeOf(call(ana.client('ben', greeting)))).toBe(code)
  })

  test('ends with TIMEOUT when its signal was a timeout', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    await ben.serve(greeting, { ...greetings(), greet: () => new Promise(() => {}) })
    await allowed(ana)
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }, { signal: AbortSignal.timeout(10) }))).toBe('TIMEOUT')
  })

  test('carries raw bytes both ways in a stream, until each side ends', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    await ben.serve(greeting, greetings())
    await allowed(ana)
    const call = await ana.client('ben', greeting).pipe()
    await call.send(new Uint8Array([1, 2]))
    await call.end()
    expect(await collect(call.messages)).toEqual([new Uint8Array([1, 2])])
  })
})

type Calls = ReturnType<typeof greetingCalls>
const greetingCalls = (porchlight: Porchlight) => porchlight.client('ben', greeting)

describe('consent', () => {
  test('that is stopped ends a running subscription at once, and both sides hear of it', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    await ben.serve(greeting, greetings())
    await allowed(ana)
    const heard = until(ana.events(), 'grant.changed')
    const numbers: number[] = []
    const run = (async () => {
      for await (const n of ana.client('ben', greeting).count(5)) {
        numbers.push(n)
        if (n === 7) ben.person.stop()
      }
    })()
    // Whether the last frame or the cut comes first is not said.
    expect(['DENIED', 'CLOSED']).toContain(await codeOf(run))
    expect(numbers.slice(0, 3)).toEqual([5, 6, 7])
    expect(await heard).toMatchObject({ grant: { state: 'REVOKED' } })
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))).toBe('CONSENT_REQUIRED')
  })

  test('ends by the clock, not before', async () => {
    const { ana, ben, clock } = households(['ana', 'ben'])
    await ben.serve(greeting, greetings())
    await allowed(ana)
    const door = ana.client('ben', greeting)
    clock.advance(30 * dayMs - 1)
    expect(await codeOf(door.greet({ name: 'Ana' }))).toBe('OK')
    clock.advance(1)
    expect(await codeOf(door.greet({ name: 'Ana' }))).toBe('CONSENT_REQUIRED')
    expect((await ben.grants())[0]).toMatchObject({ direction: 'given', state: 'EXPIRED' })
  })

  test('that is refused is never told: the ask lapses', async () => {
    const { ana, clock } = households(['ana', 'ben'], { consent: 'no' })
    const asked = await ana.ask({ to: 'ben', protocol: greeting, why: 'please' })
    const outcome = asked.granted().catch((error: unknown) => error)
    await Promise.resolve()
    expect((await ana.asks())[0]!.state).toBe('PENDING')
    clock.advance(limits.askLapseMs)
    expect(await outcome).toMatchObject({ code: 'CONSENT_REQUIRED', reason: 'ask-lapsed' })
  })

  test('waits for a person where nobody answers by itself', async () => {
    const { ana, ben } = households(['ana', 'ben'], { consent: 'wait' })
    const asked = await ana.ask({ to: 'ben', protocol: greeting, why: 'please', also: ['note'] })
    const granted = asked.granted()
    expect(ben.person.questions()).toMatchObject([{ kind: 'ask', contact: 'ana', why: 'please', scopes: ['greet', 'note'] }])
    ben.person.say('yes')
    expect((await granted).scopes).toEqual(['greet', 'note'])
  })

  test('that is given has to be taken', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    ana.person.answers((question) => (question.kind === 'offer' ? 'wait' : 'yes'))
    ben.person.give({ to: 'ana', protocol: greeting })
    await Promise.resolve()
    expect((await ana.grants())[0]!.state).toBe('OFFERED')
    ana.person.say('no')
    expect((await ana.grants())[0]!.state).toBe('DECLINED')
  })

  test('may be waited for before it is there, and until the signal says no', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    const waiting = ana.granted({ to: 'ben', protocol: greeting, location: 'door/1' })
    expect(await codeOf(ana.granted({ to: 'ben', protocol: greeting }, { signal: AbortSignal.timeout(5) }))).toBe('TIMEOUT')
    ben.person.give({ to: 'ana', protocol: greeting, location: 'doorway' })
    ben.person.give({ to: 'ana', protocol: greeting, location: 'door' })
    expect(await waiting).toMatchObject({ location: 'door' })
  })

  test.each([
    ['for longer than a grant may last', { forMs: limits.grantLifetimeMs + 1 }, 'BAD_REQUEST'],
    ['for a scope that is not there', { scopes: ['all' as 'greet'] }, 'BAD_REQUEST'],
    ['of nobody we know', { to: 'eve' }, 'BAD_REQUEST'],
    ['for a room that is none', { location: '../x' }, 'BAD_REQUEST'],
  ])('is not asked %s', async (_what, wrong, code) => {
    const { ana } = households(['ana', 'ben'])
    expect(await codeOf(ana.ask({ to: 'ben', protocol: greeting, why: 'x', ...wrong }))).toBe(code)
  })

  test('is asked of one contact a few times at once only', async () => {
    const { ana } = households(['ana', 'ben'], { consent: 'wait' })
    const ask = (location: string) => ana.ask({ to: 'ben', protocol: greeting, why: 'x', location })
    for (let n = 0; n < limits.asksPendingPerContact; n++) await ask(`room-${n}`)
    expect(await codeOf(ask('one-more'))).toBe('BUSY')
  })
})

describe('presence', () => {
  test('a household that goes ends the calls to it and comes back to everybody who watches', async () => {
    const { ana, ben, eve } = households(['ana', 'ben', 'eve'])
    await ben.serve(greeting, greetings())
    await allowed(ana)
    const seen: string[] = []
    const leave = new AbortController()
    const watching = (async () => {
      for await (const { petname, connected } of ana.presence.watch({ signal: leave.signal })) seen.push(`${petname} ${connected}`)
    })()
    const numbers = ana.client('ben', greeting).count(0)[Symbol.asyncIterator]()
    await numbers.next()
    ben.goOffline()
    expect(await codeOf(numbers.next().then(() => numbers.next()))).toBe('CLOSED')
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))).toBe('UNREACHABLE')
    expect((await ana.presence.list()).map(({ petname }) => petname)).toEqual(['eve'])
    const back = ana.presence.until('ben')
    ben.goOnline()
    expect((await back).connected).toBe(true)
    await expect.poll(() => seen).toEqual(['ben true', 'eve true', 'ben false', 'ben true'])
    leave.abort()
    await watching
    expect(eve.household).not.toBe(ben.household)
  })
})

describe('serving', () => {
  test('one protocol has one server, and ends with its handle or its signal', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    const signal = new AbortController()
    await ben.serve(greeting, greetings(), { signal: signal.signal })
    expect(await codeOf(ben.serve(greeting, greetings()))).toBe('BAD_REQUEST')
    signal.abort()
    await allowed(ana)
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))).toBe('DENIED')
    const again = await ben.serve(greeting, greetings())
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))).toBe('OK')
    await again[Symbol.asyncDispose]()
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))).toBe('DENIED')
  })

  test('a household that was closed does nothing more, and its readers end', async () => {
    const all = households(['ana', 'ben'])
    const { ana } = all
    const events = collect(ana.events())
    const waiting = codeOf(ana.granted({ to: 'ben', protocol: greeting }))
    await Promise.resolve()
    await all[Symbol.asyncDispose]()
    expect(await events).toEqual([])
    expect(await waiting).toBe('CLOSED')
    expect(await codeOf(ana.contacts())).toBe('CLOSED')
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))).toBe('CLOSED')
  })
})

describe('events', () => {
  test('a reader that lags too far is told of a gap, and memory stays bounded', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    const events = ana.events()
    for (let n = 0; n <= limits.appEvents; n++) {
      ben.goOffline()
      ben.goOnline()
      await new Promise(setImmediate)
    }
    const first = await events[Symbol.asyncIterator]().next()
    expect(first.value).toEqual({ type: 'gap' })
  })

  test('a listener that fails, at once or later, keeps nobody from being told', async () => {
    const { ana, ben } = households(['ana', 'ben'])
    const [heard, faults] = [[] as string[], vi.spyOn(console, 'error').mockImplementation(() => {})]
    using first = ana.on('contact.disconnected', () => {
      heard.push('first')
      throw new RangeError('at once')
    })
    using later = ana.on('contact.disconnected', () => Promise.reject(new RangeError('later')) as unknown as undefined)
    const signal = new AbortController()
    ana.on('contact.disconnected', () => void heard.push('second'), { signal: signal.signal })
    ben.goOffline()
    await expect.poll(() => heard).toEqual(['first', 'second'])
    expect(faults.mock.calls.map(([error]) => String(error))).toEqual(['RangeError: at once', 'RangeError: later'])
    faults.mockRestore()
    later[Symbol.dispose]()
    signal.abort()
    first[Symbol.dispose]()
    ben.goOnline()
    ben.goOffline()
    await new Promise(setImmediate)
    expect(heard).toHaveLength(2)
  })
})
