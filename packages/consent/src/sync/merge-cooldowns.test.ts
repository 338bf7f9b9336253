import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { dropCooldown, putCooldown } from '../ledger/state.ts'
import { ana, askOf, ben, contact, deny, eve, grantOf, idFor, made, nowSec, proto, text, unblock } from '../testing/made-facts.ts'
import { learning, mergeOf, recordIn, stored } from '../testing/stored-facts.ts'

const asks = ['a0', 'a1', 'a2', 'a3'].map((name) => askOf(name, { at: nowSec - 9 }))
const no = (at: number) => deny(`no ${at}`, { ask: idFor(`a${at}`), at: nowSec - 8 + at })
const cooldown = (denials: number, untilMs: number) => ({ household: ben, protocol: proto, denials, untilMs, blocked: denials > 3 })
const first = cooldown(1, (nowSec - 8) * 1000 + limits.askCooldownFirstMs)
const records = asks.map((ask) => recordIn(learning(mergeOf(), text, ask), 'asks', ask.id)!)
const denied = records.map((record) => ({ ...record, state: 'DENIED' as const }))
const without = (merge: ReturnType<typeof mergeOf>, ...gone: Parameters<typeof merge.without>[0]) => merge.without(gone)

describe('a "no" of another device', () => {
  it('makes later asks of that contact for that protocol wait', () => {
    const merge = mergeOf({ facts: [text, asks[0]!], tables: { asks: [records[0]!] } })
    const changes = learning(merge, no(0))
    expect(changes).toContainEqual(putCooldown(first))
    expect(changes.filter(({ table }) => table === 'cooldowns')).toHaveLength(1)
  })

  it('that came before its ask counts when the ask comes, and again when its text does', () => {
    expect(learning(mergeOf({ facts: [text, no(0)] }), asks[0]!)).toContainEqual(putCooldown(first))
    expect(learning(mergeOf({ facts: [asks[0]!, no(0)] }), text)).toContainEqual(putCooldown(first))
  })

  it('is written once', () => {
    const merge = mergeOf({ facts: [text, asks[0]!], tables: { asks: [records[0]!], cooldowns: [first] } })
    expect(learning(merge, no(0)).map(({ table }) => table)).toEqual(['asks'])
    const other = { ...first, household: eve }
    const planned = [putCooldown(cooldown(2, 0)), putCooldown(first), putCooldown(other)]
    const fresh = mergeOf({ facts: [text, asks[0]!], tables: { asks: [records[0]!] } })
    expect(fresh.settle(planned, [stored(no(0))]).map(({ table }) => table)).toEqual(['asks'])
    const dropping = mergeOf({ facts: [text, asks[0]!], tables: { asks: [records[0]!], cooldowns: [first] } })
    expect(dropping.settle([dropCooldown(ben, proto)], [stored(no(0))])).toContainEqual(putCooldown(first))
  })

  it('that comes late moves the others on: which denial blocks is the same on every device', () => {
    const [late, ...known] = [0, 1, 2, 3].map(no)
    const merge = mergeOf({ facts: [text, ...asks, ...known], tables: { asks: denied } })
    const changes = learning(merge, late!)
    expect(changes).toContainEqual(putCooldown({ ...cooldown(4, 0), blocked: true }))
    expect(recordIn(changes, 'asks', idFor('a3'))?.state).toBe('BLOCKED')
    expect(changes.filter(({ table }) => table === 'asks')).toHaveLength(1)
  })

  it('that was lifted counts no more: the wait goes, and what it blocked is as it was', () => {
    const merge = mergeOf({
      facts: [text, ...asks, ...[0, 1, 2, 3].map(no)],
      tables: { asks: [...denied.slice(0, 3), { ...denied[3]!, state: 'BLOCKED' }], cooldowns: [cooldown(4, 0)] },
    })
    const changes = learning(merge, unblock('no 0', 'no 1'))
    expect(changes).toContainEqual(putCooldown(cooldown(2, (nowSec - 5) * 1000 + limits.askCooldownSecondMs)))
    expect(recordIn(changes, 'asks', idFor('a3'))?.state).toBe('DENIED')
    const one = mergeOf({ facts: [text, asks[0]!, no(0)], tables: { asks: [denied[0]!], cooldowns: [first] } })
    expect(learning(one, unblock('no 0'))).toEqual([dropCooldown(ben, proto)])
  })

  it('ends a grant that another device gave as an answer', () => {
    const yes = grantOf('yes', { dev: 'laptop', ask: asks[0]!.id })
    const given = made('given', 'given', {
      iss: ana,
      dev: 'laptop',
      grant: idFor('yes'),
      service: 'photos',
      blocks: [],
      shown: { text: new Uint8Array(1), lang: 'en' },
      at: nowSec,
    })
    const facts = [text, asks[0]!, yes, given]
    const grant = recordIn(learning(mergeOf(), ...facts), 'grants', idFor('yes'))!
    expect(grant.state).toBe('ACTIVE')
    const merge = mergeOf({ facts, tables: { grants: [grant], asks: [records[0]!] } })
    expect(recordIn(learning(merge, no(0)), 'grants', idFor('yes'))).toMatchObject({ state: 'REVOKED', ending: stored(no(0)).bytes })
  })
})

describe('a "no" that is forgotten', () => {
  const facts = [text, ...asks, ...[0, 1, 2, 3].map(no)]
  const tables = { asks: [...denied.slice(0, 3), { ...denied[3]!, state: 'BLOCKED' as const }], cooldowns: [cooldown(4, 0)] }

  it('counts against no ask any more', () => {
    const changes = without(mergeOf({ facts, tables }), no(0), asks[0]!)
    expect(changes).toContainEqual(putCooldown(cooldown(3, (nowSec - 5) * 1000 + limits.askCooldownThirdMs)))
    expect(recordIn(changes, 'asks', idFor('a3'))?.state).toBe('DENIED')
    expect(changes).toHaveLength(2)
    expect(without(mergeOf({ facts, tables }), ...[0, 1, 2, 3].map(no), ...asks)).toEqual([dropCooldown(ben, proto)])
  })

  it('brings no grant back that it ended, and what else is forgotten changes no record', () => {
    const yes = grantOf('yes', { ask: asks[0]!.id })
    const merge = mergeOf({ facts: [...facts, yes, contact('gone')], tables: { ...tables, asks: records } })
    expect(without(merge, yes, contact('gone'), asks[1]!)).toEqual([])
    expect(without(merge, no(0)).every(({ table }) => table === 'asks' || table === 'cooldowns')).toBe(true)
  })
})
