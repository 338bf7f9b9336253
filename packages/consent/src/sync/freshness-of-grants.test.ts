import { limits, type DeviceId } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConsentContext } from '../context.ts'
import type { ConsentEvent } from '../events.ts'
import type { ConsentState } from '../ledger/state.ts'
import { ana, ben, idFor } from '../testing/made-facts.ts'
import { stateWith } from '../testing/stored-facts.ts'
import { Freshness } from './freshness.ts'

const laptop = 'laptop' as DeviceId
const freshSec = 600
const startMs = 1_800_000_000_000
const grant = (name: string, change: object = {}, body: object = {}) => ({
  id: idFor(name),
  household: ben,
  protocol: '/a/b/1',
  state: 'ACTIVE',
  causes: [],
  body: { dev: laptop, fresh: freshSec, scopes: [], nbf: 0, exp: 0, ...body },
  ...change,
})

let nowMs: number
let state: ConsentState
let freshness: Freshness
let events: ConsentEvent[]
/** What was asked of the part that suspends, and how it answers. */
let asked: string[]
let answer: Promise<void>
let commit: () => Promise<unknown>
let writes: number

beforeEach(() => {
  ;[nowMs, events, asked, answer, writes] = [startMs, [], [], Promise.resolve(), 0]
  commit = () => Promise.resolve()
})

function open(grants: readonly object[], heard: readonly object[] = [{ device: laptop, atMs: startMs }]): void {
  state = stateWith([], { grants, heard })
  const context = {
    state,
    self: { household: ana, device: 'desktop' },
    clock: { now: () => nowMs },
    journal: { run: (plan: () => Promise<unknown>) => ((writes += 1), plan().then(commit)) },
    emit: (event: ConsentEvent) => void events.push(event),
  }
  const note = (what: string) => (id: string, cause: string) => {
    asked.push(`${what} ${[...state.grants.values()].find((each) => each.id === id)!.id === idFor('g') ? 'g' : id} ${cause}`)
    return answer
  }
  freshness = new Freshness(context as unknown as ConsentContext, { suspend: note('suspend'), clear: note('clear') })
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a grant that another device made', () => {
  it('is held from the millisecond on in which that device was not heard of for too long', () => {
    open([grant('g')])
    nowMs = startMs + freshSec * 1000
    freshness.sweep()
    expect(asked).toEqual([])
    nowMs += 1
    freshness.sweep()
    expect(asked).toEqual(['suspend g stale'])
  })

  it('of a device that was never heard of is held at once', () => {
    open([grant('g')], [])
    freshness.sweep()
    expect(asked).toEqual(['suspend g stale'])
  })

  it('is let go in the tick in which the device is heard of, and in the same way only once', () => {
    open([grant('g', { state: 'SUSPENDED', causes: ['stale'] })], [])
    freshness.heard(laptop, freshSec + 1)
    expect(asked).toEqual([])
    freshness.heard(laptop, freshSec)
    expect(asked).toEqual(['clear g stale'])
  })

  it.each<[string, object, object]>([
    ['is of this device', {}, { dev: 'desktop' }],
    ['has no such bound', {}, { fresh: 0 }],
    ['is over', { state: 'REVOKED' }, {}],
    ['is on its way out', { state: 'REVOKING' }, {}],
    ['is held for that already', { state: 'SUSPENDED', causes: ['stale'] }, {}],
  ])('is left alone when it %s', (_what, change, body) => {
    open([grant('g', change, body)], [])
    freshness.sweep()
    expect(asked).toEqual([])
  })

  it('that waits or is held for something else is held for this too', () => {
    for (const change of [{ state: 'SCHEDULED' }, { state: 'SUSPENDED', causes: ['device-suspended'] }]) {
      open([grant('g', change)], [])
      freshness.sweep()
    }
    expect(asked).toEqual(['suspend g stale', 'suspend g stale'])
  })

  it('is asked for once while that is under way, and again when it did not stay', async () => {
    let done!: () => void
    answer = new Promise((resolve) => (done = resolve))
    open([grant('g')], [])
    freshness.sweep()
    freshness.sweep()
    expect(asked).toHaveLength(1)
    done()
    await settled()
    freshness.sweep()
    expect(asked).toHaveLength(2)
    state.flip({ ...state.grants.get(idFor('g'))!, state: 'SUSPENDED', causes: ['stale'] })
    await settled()
    freshness.sweep()
    expect(asked).toHaveLength(2)
  })

  it('that could not be held on the disk raises the alarm, and is tried again', async () => {
    answer = Promise.reject(new Error('EIO'))
    open([grant('g')], [])
    freshness.sweep()
    await settled()
    expect(events).toMatchObject([{ type: 'alarm', what: 'ledger-write-failed', grants: [], error: { code: 'INTERNAL' } }])
    answer = Promise.resolve()
    freshness.sweep()
    expect(asked).toHaveLength(2)
  })
})

describe('when a device was heard of', () => {
  it('that cannot be written raises the alarm, and counts all the same', async () => {
    open([])
    commit = () => Promise.reject(new Error('EIO'))
    nowMs += limits.heardSaveMs
    freshness.heard(laptop, 0)
    await settled()
    expect(events).toMatchObject([{ type: 'alarm', what: 'ledger-write-failed', grants: [] }])
    expect(freshness.ages()).toEqual([{ device: laptop, ageSec: 0 }])
  })

  it('goes on from what was written before a restart, also for when it is written again', () => {
    open([])
    nowMs += 90_500
    expect(freshness.ages()).toEqual([{ device: laptop, ageSec: 91 }])
    freshness.heard(laptop, 31)
    expect(writes).toBe(0)
    freshness.heard(laptop, 30)
    expect(writes).toBe(1)
  })

  it('never goes back, and the same word twice is no news', () => {
    open([], [])
    freshness.heard(laptop, 10)
    freshness.heard(laptop, 20)
    freshness.heard(laptop, 10)
    expect(freshness.ages()).toEqual([{ device: laptop, ageSec: 10 }])
    expect(writes).toBe(1)
  })
})
