import { expect, test } from 'vitest'
import { staleness } from '../scripts/generate.mjs'

test('the committed generated code is what the schemas give today', () => {
  expect(staleness()).toEqual([])
})
