import { expect, test } from 'vitest'
import { EventFeed } from './event-feed.ts'

test('an id of an earlier run is never taken for one of this run, however many events there were', () => {
  const ids: number[] = []
  const earlier = new EventFeed(1_790_000_000_000)
  earlier.subscribe(({ id }) => ids.push(id))
  for (let i = 0; i < 5; i++) earlier.publish({ type: 'alarm', text: 'before' })
  const later = new EventFeed(1_790_000_060_000)
  for (let i = 0; i < 10; i++) later.publish({ type: 'alarm', text: 'after' })
  for (const id of ids) expect(later.since(id)).toMatchObject({ complete: false })
})
