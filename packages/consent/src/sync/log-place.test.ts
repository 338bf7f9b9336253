import { expect, it } from 'vitest'
import { activeGrant, twoSides } from '../testing/index.ts'

it('a place of a log is held by that log alone, from its first entry to its last', async () => {
  const { ana, ben, time } = await twoSides()
  expect(await ana.consent.siblings.logEnd()).toBeNull()
  await activeGrant(ana, ben, time.nowMs())
  const first = (await ana.consent.siblings.logEnd())!
  await activeGrant(ana, ben, time.nowMs(), 'music')
  await activeGrant(ana, ben, time.nowMs(), 'films')
  const last = (await ana.consent.siblings.logEnd())!
  expect(last.n).toBeGreaterThan(first.n + 1)
  expect((await ana.consent.log()).at(-1)).toMatchObject({ n: last.n })
  const { siblings } = ana.consent
  for (const place of [first, last]) expect(await siblings.holds(place)).toBe(true)
  for (const place of [
    { ...first, id: last.id },
    { ...last, id: first.id },
    { ...last, n: last.n - 1 },
    { ...last, n: last.n + 1 },
    { ...first, n: 0 },
    { ...first, n: -1 },
    { ...first, n: first.n + 0.5 },
  ])
    expect(await siblings.holds(place), JSON.stringify(place)).toBe(false)
  expect(await ben.consent.siblings.holds(last)).toBe(false)
  const empty = (await twoSides()).ana.consent.siblings
  expect(await empty.holds(first)).toBe(false)
})
