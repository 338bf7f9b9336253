import { expect, test } from 'vitest'
import { bytes, shortIds, table } from './table.ts'

test('columns are aligned by what a terminal shows, also for wide and combining characters', () => {
  const text = table(
    ['NAME', 'X'],
    [
      ['ana', '1'],
      ['café', '2'],
      ['日本', '3'],
    ],
    'none',
  )
  expect(text.split('\n')).toEqual(['NAME  X', 'ana   1', 'café  2', '日本  3'])
  expect(table(['NAME'], [], 'none')).toBe('none')
})

test('ids are as short as they can be and still differ', () => {
  const short = shortIds(['baaaaaaaaaaab', 'baaaaaaaaaaac', 'bzzzzzzzzzzzz'])
  expect([short('baaaaaaaaaaab'), short('baaaaaaaaaaac')]).toEqual(['baaaaaaaaaaab', 'baaaaaaaaaaac'])
  expect(shortIds(['baaaaaaaaaaab', 'bzzzzzzzzzzzz'])('baaaaaaaaaaab')).toBe('baaaaaaa')
  expect(shortIds(['bsame', 'bsame'])('bsame')).toBe('bsame')
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1_440_000, '1.4 MB'],
  [2 ** 60, '1152921.5 TB'],
])('%i bytes are %s', (count, text) => {
  expect(bytes(count)).toBe(text)
})
