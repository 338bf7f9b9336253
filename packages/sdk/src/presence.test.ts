import { limits } from '@porchlight/core'
import { describe, expect, test, vi } from 'vitest'
import { bothWays } from './testing/both-ways.ts'
import { greeting } from './testing/greeting.ts'
import { allowed, codeOf, collect, greetings } from './testing/greetings.ts'

describe.each(bothWays)('a household %s', (_way, make) => {
  test('that goes ends the calls to it, and comes back to everybody who watches', async () => {
    await using all = await make()
    const { ana, ben } = all
    await ben.serve(greeting, greetings())
    await allowed(ana)
    const [seen, leave] = [[] as string[], new AbortController()]
    const watching = (async () => {
      for await (const { petname, connected } of ana.presence.watch({ signal: leave.signal })) seen.push(`${petname} ${connected}`)
    })()
    const numbers = ana.client('ben', greeting).count(0)[Symbol.asyncIterator]()
    await numbers.next()
    await expect.poll(() => seen).toHaveLength(2)
    ben.goOffline()
    const rest = (async () => {
      while ((await numbers.next()).done !== true);
    })()
    expect(await codeOf(rest)).toBe('CLOSED')
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))).toBe('UNREACHABLE')
    expect((await ana.presence.list()).map(({ petname }) => petname)).toEqual(['eve'])
    await expect.poll(() => seen).toContain('ben false')
    const back = ana.presence.until('ben')
    ben.goOnline()
    expect((await back).connected).toBe(true)
    await expect.poll(() => seen).toEqual(['ben true', 'eve true', 'ben false', 'ben true'])
    leave.abort()
    await watching
  })

  test('finds its contacts by name in any case, by id and by the beginning of one', async () => {
    await using all = await make()
    const { ana, ben } = all
    for (const ref of ['ben', 'BEN', ben.household, ben.household.slice(0, 6)])
      expect((await ana.contact(ref)).household).toBe(ben.household)
    for (const ref of ['be', 'adam', '', ben.household.slice(0, 5)])
      expect(await ana.contact(ref).catch((error: { reason: string }) => error.reason)).toBe('unknown-contact')
  })

  test('serves a protocol once, until its handle or its signal ends', async () => {
    await using all = await make()
    const { ana, ben } = all
    const signal = new AbortController()
    await ben.serve(greeting, greetings(), { signal: signal.signal })
    expect(await codeOf(ben.serve(greeting, greetings()))).toBe('BAD_REQUEST')
    await allowed(ana)
    const greet = () => codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))
    expect(await greet()).toBe('OK')
    signal.abort()
    await expect.poll(greet).toBe('DENIED')
    const again = await ben.serve(greeting, greetings())
    expect(await greet()).toBe('OK')
    await again[Symbol.asyncDispose]()
    expect(await greet()).toBe('DENIED')
  })

  test('that was closed does nothing more, and its readers end', async () => {
    const all = await make()
    const { ana } = all
    const events = collect(ana.events())
    const waiting = codeOf(ana.granted({ to: 'ben', protocol: greeting }))
    await ana.contacts()
    await all[Symbol.asyncDispose]()
    expect(await events).toEqual([])
    expect(await waiting).toBe('CLOSED')
    expect(await codeOf(ana.contacts())).toBe('CLOSED')
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))).toBe('CLOSED')
    expect(() => ana.events()).toThrow('closed')
  })

  test('tells a reader that lags too far of a gap, and holds no more', async () => {
    await using all = await make()
    const { ana, ben } = all
    const events = ana.events()
    let heard = 0
    ana.on('contact.connected', () => void heard++)
    for (let n = 1; n <= limits.sdkEvents; n++) {
      ben.goOffline()
      ben.goOnline()
      await expect.poll(() => heard, { interval: 1 }).toBe(n)
    }
    expect((await events[Symbol.asyncIterator]().next()).value).toEqual({ type: 'gap' })
  })

  test('tells every listener, also beside one that fails at once or later', async () => {
    await using all = await make()
    const { ana, ben } = all
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
    await expect.poll(() => faults.mock.calls.map(([error]) => String(error))).toEqual(['RangeError: at once', 'RangeError: later'])
    faults.mockRestore()
    signal.abort()
    for (const listener of [first, later]) listener[Symbol.dispose]()
    const events = ana.events()[Symbol.asyncIterator]()
    ben.goOnline()
    ben.goOffline()
    expect([(await events.next()).value?.type, (await events.next()).value?.type]).toEqual(['contact.connected', 'contact.disconnected'])
    expect(heard).toHaveLength(2)
  })
})
