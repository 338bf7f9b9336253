import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appFaults, folderFaults, gateFaults } from '../packages/kit/src/testing/index.ts'
import { root } from '../scripts/workspaces.mjs'

const page = join(root, 'docs/conformance.md')
const [begin, end] = ['<!-- faults: begin; written by test/conformance-table.test.ts -->', '<!-- faults: end -->']

const rows = (who: string, faults: readonly (readonly [string, string])[]): string =>
  [`### ${who}`, '', '| Fault | Found in |', '|---|---|', ...faults.map(([fault, where]) => `| ${fault} | ${where} |`)].join('\n')

/** The tables as the page has them. */
const tables = [
  rows('A gate that …', Object.entries(gateFaults)),
  rows('An app that …', Object.entries(appFaults)),
  rows(
    'A folder in which …',
    Object.entries(folderFaults).map(([fault, { file, at }]) => [fault, `\`${at ?? file}\``] as const),
  ),
].join('\n\n')

test('docs/conformance.md lists every seeded fault; CONFORMANCE_TABLE=write writes it', () => {
  const text = readFileSync(page, 'utf8')
  const wanted = `${begin}\n${tables}\n${end}`
  const now = text.slice(text.indexOf(begin), text.indexOf(end) + end.length)
  if (process.env['CONFORMANCE_TABLE'] === 'write') writeFileSync(page, text.replace(now, wanted))
  else expect(now).toBe(wanted)
})

test('the runner and the check each find twenty seeded faults at least', () => {
  expect(Object.keys(gateFaults).length + Object.keys(appFaults).length).toBeGreaterThanOrEqual(20)
  expect(Object.keys(folderFaults).length).toBeGreaterThanOrEqual(20)
})
