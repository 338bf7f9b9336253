import { deviceId, householdId, limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { atTime, InviteBook, type Attempt, type StoredInvite } from './invite-book.ts'

const nowSec = 1_800_000_000
const secret = new Uint8Array(16).fill(3)
const id = '00112233aabbccdd'
const ben: Omit<Attempt, 'right'> = {
  device: deviceId('12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'),
  household: householdId(`b${'b'.repeat(52)}`),
}
const cay: Omit<Attempt, 'right'> = {
  device: deviceId('12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'),
  household: householdId(`b${'c'.repeat(52)}`),
}
const right = { right: true }
const wrong = { right: false }
const opened = (): InviteBook => {
  const book = new InviteBook()
  book.add({ id, secret, nowSec })
  return book
}
const end = nowSec + limits.inviteLifetimeMs / 1000

describe('an invite', () => {
  it('lets the first right proof in, and of two that race only one', () => {
    const book = opened()
    expect([book.settle(id, { ...ben, ...right }, nowSec), book.settle(id, { ...cay, ...right }, nowSec)]).toEqual(['accepted', 'refused'])
    expect(book.get(id)).toMatchObject({ state: 'used', usedBy: ben })
  })

  it('answers the same device again until it would have ended, and not after', () => {
    const book = opened()
    book.settle(id, { ...ben, ...right }, nowSec)
    expect(book.settle(id, { ...ben, ...right }, end - 1)).toBe('repeated')
    expect(book.settle(id, { ...ben, ...wrong }, end - 1)).toBe('refused')
    expect(book.settle(id, { ...ben, household: cay.household, ...right }, end - 1)).toBe('refused')
    expect(book.settle(id, { ...ben, ...right }, end)).toBe('refused')
    expect(book.secretOf(id, end)).toBeUndefined()
  })

  it(`survives ${limits.inviteTries - 1} wrong proofs and is exhausted by the next`, () => {
    const [survivor, exhausted] = [opened(), opened()]
    for (let n = 1; n < limits.inviteTries; n += 1) for (const book of [survivor, exhausted]) book.settle(id, { ...cay, ...wrong }, nowSec)
    expect(survivor.settle(id, { ...ben, ...right }, nowSec)).toBe('accepted')
    expect(exhausted.settle(id, { ...cay, ...wrong }, nowSec)).toBe('refused')
    expect(exhausted.get(id)).toMatchObject({ state: 'exhausted', secret: '' })
    expect(exhausted.settle(id, { ...ben, ...right }, nowSec)).toBe('refused')
  })

  it('ends with its second', () => {
    expect(opened().settle(id, { ...ben, ...right }, end - 1)).toBe('accepted')
    const late = opened()
    expect(late.settle(id, { ...ben, ...right }, end)).toBe('refused')
    expect(late.get(id)).toMatchObject({ state: 'expired', secret: '', wrongTries: 0 })
  })

  it('that is cancelled opens for nobody; one that was used stays used', () => {
    const book = opened()
    expect(book.cancel(id, nowSec)).toMatchObject({ state: 'cancelled', secret: '' })
    expect(book.settle(id, { ...ben, ...right }, nowSec)).toBe('refused')
    const used = opened()
    used.settle(id, { ...ben, ...right }, nowSec)
    expect(used.cancel(id, nowSec)).toMatchObject({ state: 'used' })
  })

  it('cannot be reopened by moving the clock back once its end was seen', () => {
    const book = opened()
    book.settle(id, { ...ben, ...wrong }, end)
    expect(book.settle(id, { ...ben, ...right }, nowSec)).toBe('refused')
  })

  it('is the same after it was stored and read', () => {
    const book = opened()
    book.settle(id, { ...cay, ...wrong }, nowSec)
    const read = new InviteBook(JSON.parse(JSON.stringify(book.list(nowSec))) as ReturnType<InviteBook['list']>)
    expect(read.get(id)).toEqual(book.get(id))
    expect(read.secretOf(id, nowSec)).toEqual(secret)
  })
})

describe('an ask by an invite', () => {
  it('leaves it open, for whoever pairs first', () => {
    const book = opened()
    expect(book.settleAsk(id, { ...ben, ...right }, nowSec)).toBe('taken')
    expect(book.settleAsk(id, { ...ben, ...right }, nowSec)).toBe('taken')
    expect(book.get(id)).toMatchObject({ state: 'open', wrongTries: 0, askedBy: ben.household })
    expect(book.settle(id, { ...cay, ...right }, nowSec)).toBe('accepted')
  })

  it('is taken of the first household that asks and of no other, which costs no try', () => {
    const book = opened()
    book.settleAsk(id, { ...ben, ...right }, nowSec)
    expect(book.settleAsk(id, { ...cay, ...right }, nowSec)).toBe('refused')
    expect(book.get(id)).toMatchObject({ state: 'open', wrongTries: 0, askedBy: ben.household })
  })

  it(`with a wrong proof counts as one of ${limits.inviteTries} tries, together with those of pairing`, () => {
    const book = opened()
    book.settle(id, { ...cay, ...wrong }, nowSec)
    for (let n = 1; n < limits.inviteTries; n += 1) {
      expect(book.get(id)?.state).toBe('open')
      expect(book.settleAsk(id, { ...cay, ...wrong }, nowSec)).toBe('refused')
    }
    expect(book.get(id)).toMatchObject({ state: 'exhausted', secret: '' })
    expect(book.settleAsk(id, { ...ben, ...right }, nowSec)).toBe('refused')
    expect(book.settle(id, { ...ben, ...right }, nowSec)).toBe('refused')
  })

  it('is refused once the invite is used, also for who used it, expired, cancelled or unknown', () => {
    const used = opened()
    used.settle(id, { ...ben, ...right }, nowSec)
    expect(used.settleAsk(id, { ...ben, ...right }, nowSec)).toBe('refused')
    expect(used.settleAsk(id, { ...ben, ...wrong }, nowSec)).toBe('refused')
    expect(used.get(id)).toMatchObject({ state: 'used', wrongTries: 0 })
    const cancelled = opened()
    cancelled.cancel(id, nowSec)
    expect(cancelled.settleAsk(id, { ...ben, ...right }, nowSec)).toBe('refused')
    const expired = opened()
    expect(expired.settleAsk(id, { ...ben, ...right }, end)).toBe('refused')
    expect(expired.get(id)).toMatchObject({ state: 'expired', secret: '' })
    expect(expired.settleAsk('unknown', { ...ben, ...right }, nowSec)).toBe('refused')
  })
})

describe('the invite book', () => {
  it('refuses an id that it does not know, and counts it against nobody', () => {
    const book = opened()
    expect(book.settle('ffffffffffffffff', { ...ben, ...right }, nowSec)).toBe('refused')
    expect(book.list(nowSec)).toMatchObject([{ id, wrongTries: 0 }])
  })

  it(`holds ${limits.invitesOpen} open invites and no more, until one is over`, () => {
    const book = new InviteBook()
    for (let n = 0; n < limits.invitesOpen; n += 1) book.add({ id: `${n}`, secret, nowSec })
    expect(() => book.add({ id: 'more', secret, nowSec })).toThrow(
      expect.objectContaining({
        code: 'BUSY',
        reason: 'invites-open',
        message: `${limits.invitesOpen} invites are open; cancel one`,
      }),
    )
    book.cancel('3', nowSec)
    expect(book.add({ id: 'more', secret, nowSec }).state).toBe('open')
  })

  it('does not count invites that ran out against the bound', () => {
    const book = new InviteBook()
    for (let n = 0; n < limits.invitesOpen; n += 1) book.add({ id: `${n}`, secret, nowSec })
    expect(book.add({ id: 'more', secret, nowSec: end }).state).toBe('open')
  })

  it('does not let a household back in that was removed, and leaves the invites of others alone', () => {
    const book = opened()
    book.add({ id: 'other', secret, nowSec })
    book.add({ id: 'unused', secret, nowSec })
    book.settle(id, { ...ben, ...right }, nowSec)
    book.settle('other', { ...cay, ...right }, nowSec)
    expect(book.endUsedBy(ben.household)).toEqual([id])
    expect(book.secretOf(id, nowSec)).toBeUndefined()
    expect(book.get(id)).toMatchObject({ state: 'used', usedBy: ben })
    expect(book.settle('other', { ...cay, ...right }, nowSec)).toBe('repeated')
    expect(book.endUsedBy(ben.household)).toEqual([])
  })

  it('never lets an invite live longer than the limit', () => {
    expect(new InviteBook().add({ id, secret, nowSec, lifetimeMs: limits.inviteLifetimeMs * 9 }).exp).toBe(end)
  })

  it('forgets an invite a lifetime after its end', () => {
    const book = opened()
    expect(book.sweep(end)).toEqual([])
    expect(book.sweep(end + limits.inviteLifetimeMs / 1000)).toEqual([id])
    expect(book.get(id)).toBeUndefined()
  })

  it('keeps a bounded number of invites that are over', () => {
    const book = new InviteBook()
    for (let n = 0; n < 1000; n += 1) {
      book.add({ id: `${n}`, secret, nowSec })
      book.cancel(`${n}`, nowSec)
    }
    expect(book.list(nowSec).length).toBeLessThanOrEqual(limits.invitesKept)
  })
})

describe('what is kept of an invite', () => {
  it('is its note, when it was made, and nothing to prove once it is over', () => {
    const book = opened()
    expect(book.add({ id: 'noted', secret, nowSec, note: 'for Ben' })).toMatchObject({ note: 'for Ben', createdSec: nowSec, wrongTries: 0 })
    expect(book.get(id)?.note).toBeNull()
    expect([book.secretOf(id, end - 1), book.secretOf(id, end), book.secretOf('unknown', nowSec)]).toEqual([secret, undefined, undefined])
  })

  it('is listed newest first', () => {
    const book = opened()
    book.add({ id: 'later', secret, nowSec: nowSec + 2 })
    book.add({ id: 'between', secret, nowSec: nowSec + 1 })
    expect(book.list(nowSec).map((invite) => invite.id)).toEqual(['later', 'between', id])
  })

  it('stays as it was when it was over before its end', () => {
    const ended = (state: StoredInvite['state'], kept = ''): StoredInvite => ({ ...opened().get(id)!, state, secret: kept })
    for (const state of ['cancelled', 'exhausted', 'used'] as const) expect(atTime(ended(state), end)).toEqual(ended(state))
    expect(atTime(ended('used', 'ab'), end)).toEqual(ended('used'))
    const over = ended('used')
    expect(atTime(over, end)).toBe(over)
  })

  it('has an id of its own', () => {
    expect(() => opened().add({ id, secret, nowSec })).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', message: 'an invite with this secret exists' }),
    )
    expect(opened().cancel('unknown', nowSec)).toBeUndefined()
  })

  it('makes room for one more, the oldest that are over first, and never at the cost of an open one', () => {
    const open = opened().get(id)!
    const over = Array.from({ length: limits.invitesKept }, (_, n): StoredInvite => ({
      ...open,
      id: `${n}`,
      state: 'cancelled',
      secret: '',
      createdSec: nowSec + 1 + n,
    }))
    const book = new InviteBook([open, ...over])
    expect(book.sweep(nowSec)).toEqual(['1', '0'])
    expect(book.get(id)).toEqual(open)
    expect(book.sweep(nowSec)).toEqual([])
  })
})
