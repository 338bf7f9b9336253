import { limits, type ObjectId } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import type { GrantRecord } from '../ledger/ledger.ts'
import { householdOf } from '../testing/index.ts'
import { LiveCalls, type LiveCall } from './live-calls.ts'

const grantId = (name: string): ObjectId => idOf(new TextEncoder().encode(name))
const ben = householdOf('ben')
const grantOf = (name: string): GrantRecord => ({ id: grantId(name), household: ben, protocol: '/a/b/1', service: 'photos' }) as GrantRecord

function liveAt() {
  const clock = { nowMs: 1000 }
  const live = new LiveCalls()
  return { clock, live, begin: (name: string): LiveCall => live.register(grantOf(name), () => clock.nowMs)! }
}

describe('a grant that ends', () => {
  it('ends each of its calls with the reason, and no call of another', () => {
    const { live, begin } = liveAt()
    const [one, two, other] = [begin('a'), begin('a'), begin('b')]
    live.end(grantId('a'), 'revoked')
    for (const { signal } of [one, two])
      expect(signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'revoked', message: `grant ${grantId('a')} ended: revoked` })
    expect(other.signal.aborted).toBe(false)
    expect([live.size, live.open(), live.grants()]).toEqual([1, [grantId('b')], [grantId('b')]])
  })

  it('without a call changes nothing', () => {
    const { live, begin } = liveAt()
    const call = begin('a')
    live.end(grantId('b'), 'revoked')
    expect([live.size, call.signal.aborted]).toEqual([1, false])
  })

  it('has counted its calls out before any of them hears of it', () => {
    const { live, begin } = liveAt()
    const seen: number[] = []
    for (const { signal } of [begin('a'), begin('a')]) signal.addEventListener('abort', () => seen.push(live.size))
    live.end(grantId('a'), 'revoked')
    expect(seen).toEqual([0, 0])
  })

  it('frees the places of its contact, each once', () => {
    const { live, begin } = liveAt()
    const calls = Array.from({ length: limits.livePerContact }, () => begin('a'))
    live.end(grantId('a'), 'revoked')
    for (const call of calls) {
      call.done()
      call.end('quota')
    }
    expect(live.size).toBe(0)
    for (let n = 0; n < limits.livePerContact; n++) expect(begin('b')).toBeDefined()
    expect(begin('b')).toBeUndefined()
  })

  it('leaves the other calls of its contact counted: one that is over makes room for one', () => {
    const { live, begin } = liveAt()
    const calls = Array.from({ length: limits.livePerContact - 1 }, () => begin('a'))
    begin('b')
    live.end(grantId('b'), 'revoked')
    expect(begin('a')).toBeDefined()
    calls[0]!.done()
    expect(begin('a')).toBeDefined()
    expect(begin('a')).toBeUndefined()
  })

  it('is every grant, when all end', () => {
    const { live, begin } = liveAt()
    const calls = [begin('a'), begin('b')]
    live.endAll('locked')
    expect(calls.map(({ signal }) => (signal.reason as { reason: string }).reason)).toEqual(['locked', 'locked'])
    expect([live.size, live.grants(), live.sessions()]).toEqual([0, [], []])
  })
})

describe('one call', () => {
  it('ends alone, once, and leaves its session to be shown', () => {
    const { live, begin } = liveAt()
    const [one, two] = [begin('a'), begin('a')]
    one.end('quota')
    one.end('window')
    expect(one.signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'quota' })
    expect(two.signal.aborted).toBe(false)
    expect([live.size, live.open()]).toEqual([1, [grantId('a')]])
    two.done()
    expect(two.signal.aborted).toBe(false)
    expect([live.size, live.open(), live.grants()]).toEqual([0, [], [grantId('a')]])
  })

  it('that is done cannot be ended any more', () => {
    const { begin } = liveAt()
    const call = begin('a')
    call.done()
    call.end('quota')
    expect(call.signal.aborted).toBe(false)
  })
})

describe('a session', () => {
  it('says since when, what for, and how many bytes went each way', () => {
    const { clock, live, begin } = liveAt()
    const one = begin('a')
    clock.nowMs = 5000
    const two = begin('a')
    one.count(1, 20)
    two.count(300, 4000)
    expect(live.sessions()).toEqual([
      {
        id: grantId('a'),
        household: ben,
        grant: grantId('a'),
        protocol: '/a/b/1',
        service: 'photos',
        sinceMs: 1000,
        openCalls: 2,
        bytesSent: 301,
        bytesReceived: 4020,
      },
    ])
  })

  it('is dropped a while after its last call ended, counted from that end, and never while a call is open', () => {
    const { clock, live, begin } = liveAt()
    const [one, two] = [begin('a'), begin('a')]
    clock.nowMs = 2000
    one.done()
    live.sweep(1e12)
    expect(live.grants()).toEqual([grantId('a')])
    clock.nowMs = 9000
    two.done()
    live.sweep(9000 + limits.sessionLingerMs - 1)
    expect(live.grants()).toEqual([grantId('a')])
    live.sweep(9000 + limits.sessionLingerMs)
    expect(live.grants()).toEqual([])
  })
})
