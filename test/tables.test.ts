import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorTable, limitTable, type LimitRow } from '@porchlight/core'
import { describe, expect, test } from 'vitest'
import { errorsPage, limitsPage } from '../scripts/docs-tables.mjs'
import { root } from '../scripts/workspaces.mjs'

const pages = [
  { file: 'docs/errors.md', wanted: errorsPage(errorTable), names: Object.keys(errorTable) },
  { file: 'docs/limits.md', wanted: limitsPage(limitTable), names: Object.keys(limitTable) },
]

/** The names in the first column of a page's table. */
function namesIn(page: string): string[] {
  return [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '')
}

describe.each(pages)('$file', ({ file, wanted, names }) => {
  const page = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''

  test('explains every row of the table in the code', () => {
    expect(names.filter((name) => !namesIn(page).includes(name))).toEqual([])
  })

  test('explains nothing that the code does not have', () => {
    expect(namesIn(page).filter((name) => !names.includes(name))).toEqual([])
  })

  test('says the same as the code, word for word (npm run docs:tables writes it)', () => {
    expect(page).toBe(wanted)
  })
})

test('every limit is a finite positive number with a unit and a reason', () => {
  const rows: [string, LimitRow][] = Object.entries(limitTable)
  expect(rows.filter(([, { value, unit, why }]) => !(Number.isFinite(value) && value > 0 && unit !== '' && why !== ''))).toEqual([])
})

test('a changed value, a missing row and an extra row all change the page', () => {
  const row = { value: 1, unit: 'ms', why: 'a | b' }
  const page = limitsPage({ a: row })
  expect(page).toContain('| `a` | 1 | ms | a \\| b |')
  expect(limitsPage({ a: { ...row, value: 2 } })).not.toBe(page)
  expect(limitsPage({ a: row, b: row })).not.toBe(page)
  expect(limitsPage({})).not.toBe(page)
})
