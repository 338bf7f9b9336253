import { limits } from '@porchlight/core'
import { describe, expect, test } from 'vitest'
import type { PorchlightEvent } from './porchlight.ts'
import { bothWays } from './testing/both-ways.ts'
import { greeting } from './testing/greeting.ts'
import { allowed, codeOf, greetings } from './testing/greetings.ts'

const dayMs = 86_400_000

const until = async (events: AsyncIterable<PorchlightEvent>, type: string): Promise<PorchlightEvent> => {
  for await (const event of events) if (event.type === type) return event
  throw new Error(`no ${type}`)
}

describe.each(bothWays)('consent %s', (_way, make) => {
  test('that is stopped ends a running subscription at once, and both sides hear of it', async () => {
    await using all = await make()
    const { ana, ben } = all
    await ben.serve(greeting, greetings())
    await allowed(ana)
    const heard = Promise.all([ana, ben].map((each) => until(each.events(), 'grant.changed')))
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
    expect(await heard).toMatchObject([{ grant: { state: 'REVOKED', direction: 'received' } }, { grant: { direction: 'given' } }])
    expect(await codeOf(ana.client('ben', greeting).greet({ name: 'Ana' }))).toBe('CONSENT_REQUIRED')
  })

  test('ends by the clock, not before', async () => {
    await using all = await make()
    const { ana, ben, clock } = all
    await ben.serve(greeting, greetings())
    ben.person.give({ to: 'ana', protocol: greeting, forMs: dayMs })
    await ana.granted({ to: 'ben', protocol: greeting })
    const door = ana.client('ben', greeting)
    clock.advance(dayMs - 1)
    expect(await codeOf(door.greet({ name: 'Ana' }))).toBe('OK')
    clock.advance(1)
    expect(await codeOf(door.greet({ name: 'Ana' }))).toBe('CONSENT_REQUIRED')
    expect((await ben.grants())[0]).toMatchObject({ direction: 'given', petname: 'ana', state: 'EXPIRED' })
  })

  test('that is refused is never told: the ask lapses', async () => {
    await using all = await make({ consent: 'no', startMs: Date.now() })
    const { ana, ben, clock } = all
    const asked = await ana.ask({ to: 'ben', protocol: greeting, why: 'please' })
    const outcome = asked.granted().catch((error: unknown) => error)
    await expect.poll(() => ben.person.questions()).toEqual([])
    expect(await ana.asks()).toMatchObject([{ id: asked.id, state: 'PENDING', why: 'please' }])
    clock.advance(limits.askLapseMs)
    expect(await outcome).toMatchObject({ code: 'CONSENT_REQUIRED', reason: 'ask-lapsed' })
    expect(await ana.asks()).toEqual([])
  })

  test('waits for a person where nobody answers by itself', async () => {
    await using all = await make({ consent: 'wait', startMs: Date.now() })
    const { ana, ben } = all
    const asked = await ana.ask({ to: 'ben', protocol: greeting, why: 'please', also: ['note'], location: 'hall' })
    const granted = asked.granted()
    expect(ben.person.questions()).toMatchObject([
      { kind: 'ask', contact: 'ana', why: 'please', scopes: ['greet', 'note'], location: 'hall' },
    ])
    ben.person.say('yes')
    expect((await granted).scopes).toEqual(['greet', 'note'])
  })

  test('that an ask brought does not count once more for the next one', async () => {
    await using all = await make({ startMs: Date.now() })
    const { ana, ben } = all
    const first = await allowed(ana)
    ben.person.answers('wait')
    const asked = await ana.ask({ to: 'ben', protocol: greeting, why: 'more', also: ['note'] })
    const granted = asked.granted()
    ben.person.say('yes')
    expect((await granted).id).not.toBe(first.id)
  })

  test('that is given has to be taken, and an answer that is not taken ends the wait for it', async () => {
    await using all = await make({ startMs: Date.now() })
    const { ana, ben } = all
    ana.person.answers('wait')
    ben.person.give({ to: 'ana', protocol: greeting })
    await expect.poll(async () => (await ana.grants())[0]?.state).toBe('OFFERED')
    ana.person.say('no')
    expect((await ana.grants())[0]!.state).toBe('DECLINED')
  })

  test('may be waited for before it is there, and until the signal says no', async () => {
    await using all = await make()
    const { ana, ben } = all
    const waiting = ana.granted({ to: 'ben', protocol: greeting, location: 'door/1' })
    expect(await codeOf(ana.granted({ to: 'ben', protocol: greeting }, { signal: AbortSignal.timeout(5) }))).toBe('TIMEOUT')
    ben.person.give({ to: 'ana', protocol: greeting, location: 'doorway' })
    ben.person.give({ to: 'ana', protocol: greeting, location: 'door' })
    expect(await waiting).toMatchObject({ location: 'door' })
  })

  test.each([
    ['for longer than a grant may last', { forMs: limits.grantLifetimeMs + dayMs }, 'BAD_REQUEST'],
    ['for a scope that is not there', { scopes: ['all' as 'greet'] }, 'BAD_REQUEST'],
    ['of nobody we know', { to: 'adam' }, 'BAD_REQUEST'],
    ['for a room that is none', { location: '../x' }, 'BAD_REQUEST'],
    ['for the whole protocol, which no grant is for', { location: '' }, 'BAD_REQUEST'],
    ['when its signal has aborted', {}, 'CLOSED'],
  ])('is not asked %s', async (what, wrong, code) => {
    await using all = await make({ startMs: Date.now() })
    const options = what.includes('aborted') ? { signal: AbortSignal.abort() } : {}
    expect(await codeOf(all.ana.ask({ to: 'ben', protocol: greeting, why: 'x', ...wrong }, options))).toBe(code)
  })

  test('is asked of one contact a few times at once only', async () => {
    await using all = await make({ consent: 'wait', startMs: Date.now() })
    const ask = (location: string) => all.ana.ask({ to: 'ben', protocol: greeting, why: 'x', location })
    for (let n = 0; n < limits.asksPendingPerContact; n++) await ask(`room-${n}`)
    expect(await codeOf(ask('one-more'))).toBe('BUSY')
  })
})
