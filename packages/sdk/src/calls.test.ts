import { limits } from '@porchlight/core'
import { describe, expect, test } from 'vitest'
import type { Client } from './client.ts'
import type { IncomingCall } from './porchlight.ts'
import { bothWays } from './testing/both-ways.ts'
import { greeting } from './testing/greeting.ts'
import { allowed, codeOf, collect, greetings } from './testing/greetings.ts'

type Door = Client<typeof greeting>

describe.each(bothWays)('a call %s', (_way, make) => {
  test('is refused at home without a grant, and answered with one by a handler that knows who calls', async () => {
    await using all = await make()
    const { ana, ben } = all
    const seen: IncomingCall[] = []
    await ben.serve(greeting, greetings(seen))
    const door = ana.client('ben', greeting)
    expect(await codeOf(door.greet({ name: 'Ana' }))).toBe('CONSENT_REQUIRED')
    expect(await allowed(ana)).toMatchObject({ direction: 'received', petname: 'ben', state: 'ACTIVE', scopes: ['greet'] })
    expect(await door.greet({ name: 'Ana' })).toBe('Hello Ana')
    expect(seen).toMatchObject([{ contact: 'ana', household: ana.household, location: 'main', scopes: new Set(['greet']) }])
  })

  test('is denied under a scope that the grant does not name, and allowed under one that a person ticked', async () => {
    await using all = await make()
    const { ana, ben } = all
    await ben.serve(greeting, greetings())
    await allowed(ana)
    expect(await codeOf(ana.client('ben', greeting).leave('a note'))).toBe('DENIED')
    ben.person.give({ to: 'ana', protocol: greeting, also: ['note'] })
    await expect.poll(async () => (await ana.grants()).filter(({ state }) => state === 'ACTIVE').length).toBe(2)
    expect(await codeOf(ana.client('ben', greeting).leave('a note'))).toBe('OK')
  })

  test('is about the room of its client and no other', async () => {
    await using all = await make()
    const { ana, ben } = all
    const seen: IncomingCall[] = []
    await ben.serve(greeting, greetings(seen))
    ben.person.give({ to: 'ana', protocol: greeting, location: 'door/front' })
    await ana.granted({ to: 'ben', protocol: greeting, location: 'door/front' })
    const greet = (location: string) => ana.client('ben', greeting, { location }).greet({ name: 'Ana' })
    expect(await greet('door/front/ä b')).toBe('Hello Ana')
    expect(seen[0]!.location).toBe('door/front/ä b')
    expect(await codeOf(greet('door'))).toBe('CONSENT_REQUIRED')
  })

  test('brings the error that the protocol defines, and INTERNAL for what its author did not foresee', async () => {
    await using all = await make()
    const { ana, ben } = all
    const faults: unknown[] = []
    const broken = { ...greetings(), leave: () => Promise.reject(new RangeError('a bug')) }
    await ben.serve(greeting, broken, { onFault: (error) => faults.push(error) })
    ben.person.give({ to: 'ana', protocol: greeting, also: ['note'] })
    await ana.granted({ to: 'ben', protocol: greeting })
    const door = ana.client('ben', greeting)
    const error = await door.greet({ name: 'nobody' }).catch((thrown: unknown) => thrown)
    expect(greeting.failedWith(error, 'asleep')).toBe(true)
    expect(await codeOf(door.leave('x'))).toBe('INTERNAL')
    expect(faults).toMatchObject([{ message: 'a bug' }])
  })

  test.each([
    ['an input that is refused where it is read', (door: Door) => door.greet({ name: 5 as unknown as string }), 'BAD_REQUEST'],
    ['an input that cannot be written', (door: Door) => door.greet(undefined as unknown as { name: string }), 'BAD_REQUEST'],
    ['an input over the limit', (door: Door) => door.greet({ name: 'x'.repeat(limits.payloadLimitBytes) }), 'TOO_LARGE'],
    ['a first message over the limit', (door: Door) => door.pipe(undefined).then((call) => call.send(new Uint8Array(1e6))), 'TOO_LARGE'],
    ['a signal that has aborted', (door: Door) => door.greet({ name: 'Ana' }, { signal: AbortSignal.abort() }), 'CLOSED'],
    ['a signal that was a timeout', (door: Door) => door.greet({ name: 'slow' }, { signal: AbortSignal.timeout(10) }), 'TIMEOUT'],
    ['a deadline that passes', (door: Door) => door.greet({ name: 'slow' }, { deadlineMs: 10 }), 'TIMEOUT'],
    ['a deadline that is none', (door: Door) => door.greet({ name: 'Ana' }, { deadlineMs: -1 }), 'BAD_REQUEST'],
  ] as const)('with %s fails by its code', async (_what, call, code) => {
    await using all = await make()
    const { ana, ben } = all
    const slowly = greetings()
    const greet: typeof slowly.greet = (input, served) => (input.name === 'slow' ? new Promise(() => {}) : slowly.greet(input, served))
    await ben.serve(greeting, { ...slowly, greet })
    await allowed(ana)
    expect(await codeOf(call(ana.client('ben', greeting)))).toBe(code)
  })

  test('that its caller gives up ends at the handler', async () => {
    await using all = await make()
    const { ana, ben } = all
    const ended = Promise.withResolvers<string>()
    const [begun, giveUp] = [Promise.withResolvers<void>(), new AbortController()]
    const greet: ReturnType<typeof greetings>['greet'] = async (_input, { signal }) => {
      signal.addEventListener('abort', () => ended.resolve('aborted'))
      begun.resolve()
      return new Promise(() => {})
    }
    await ben.serve(greeting, { ...greetings(), greet })
    await allowed(ana)
    const call = codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }, { signal: giveUp.signal }))
    await begun.promise
    giveUp.abort()
    expect(await call).toBe('CLOSED')
    expect(await ended.promise).toBe('aborted')
  })

  test('that goes on brings every message in order, until its reader leaves and the handler hears of it', async () => {
    await using all = await make()
    const { ana, ben } = all
    const left = Promise.withResolvers<void>()
    const count: ReturnType<typeof greetings>['count'] = async function* (from, { signal }) {
      signal.addEventListener('abort', () => left.resolve())
      for (let n = from; ; n++) yield n
    }
    await ben.serve(greeting, { ...greetings(), count })
    await allowed(ana)
    const numbers: number[] = []
    for await (const n of ana.client('ben', greeting).count(5)) if (numbers.push(n) === 2000) break
    expect(numbers).toEqual(Array.from({ length: 2000 }, (_, n) => n + 5))
    await left.promise
  })

  test('that goes on ends when its handler is done, or fails with its error after what was said before', async () => {
    await using all = await make()
    const { ana, ben } = all
    const count: ReturnType<typeof greetings>['count'] = async function* (from) {
      yield from
      if (from === 1) throw greeting.fail('asleep')
    }
    await ben.serve(greeting, { ...greetings(), count })
    await allowed(ana)
    const door = ana.client('ben', greeting)
    expect(await collect(door.count(0))).toEqual([0])
    const numbers: number[] = []
    const failed = (async () => {
      for await (const n of door.count(1)) numbers.push(n)
    })()
    expect(greeting.failedWith(await failed.catch((error: unknown) => error), 'asleep')).toBe(true)
    expect(numbers).toEqual([1])
  })

  test('of raw bytes carries them both ways until each side ends, a megabyte too', async () => {
    await using all = await make()
    const { ana, ben } = all
    await ben.serve(greeting, greetings())
    await allowed(ana)
    const call = await ana.client('ben', greeting).pipe(undefined)
    const chunk = new Uint8Array(60_000).map((_, n) => n % 251)
    const sending = (async () => {
      for (let n = 0; n < 40; n++) await call.send(chunk)
      await call.end()
    })()
    let total = 0
    for await (const message of call.messages) {
      expect(message[250]).toBe(250)
      total += message.byteLength
    }
    await sending
    expect(total).toBe(40 * chunk.byteLength)
    expect(await codeOf(call.send(chunk))).toBe('CLOSED')
  })

  test('under a reader that lags makes the sender wait', async () => {
    await using all = await make()
    const { ana, ben } = all
    let sent = 0
    const pipe: ReturnType<typeof greetings>['pipe'] = async (_input, call) => {
      for (;;) {
        await call.send(new Uint8Array(64 * 1024))
        sent++
      }
    }
    await ben.serve(greeting, { ...greetings(), pipe })
    await allowed(ana)
    const call = await ana.client('ben', greeting).pipe(undefined)
    const quiet = async () => {
      for (let before = -1; before !== sent;) {
        before = sent
        await new Promise((wake) => setTimeout(wake, 100))
      }
    }
    await quiet()
    // What pipes, sockets and windows hold on the way; a sender that does not wait is at thousands by now.
    expect(sent).toBeLessThan(400)
    call.abort()
  })
})
