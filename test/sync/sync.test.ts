import { divergencesOf } from '@porchlight/consent/testing'
import { expect, test } from 'vitest'

test('three devices agree after each of 2,000 random traces, once everything was delivered in any order', async () => {
  // `npm test` plays a hundred others, `npm run soak:sync` twenty thousand.
  expect(await divergencesOf(100, 2000)).toEqual([])
})
