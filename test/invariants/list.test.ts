import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { brokenBuilds } from '../../scripts/broken-builds.mjs'
import { root } from '../../scripts/workspaces.mjs'
import { sentences, type InvariantNumber } from './invariant.ts'

test('each of the forty invariants has one test here, with a change of the code that it was seen to catch', () => {
  expect(brokenBuilds().map(({ number }) => number)).toEqual(Object.keys(sentences).map(Number))
})

test('each of those changes still has a place in the code', () => {
  const gone = brokenBuilds().filter(({ file = '', from = '' }) => readFileSync(join(root, file), 'utf8').split(from).length !== 2)
  expect(gone).toEqual([])
})

test('docs/invariants.md says the same sentences, and where their tests are', () => {
  const page = readFileSync(join(root, 'docs/invariants.md'), 'utf8')
  for (const { number, test: file } of brokenBuilds())
    expect(page).toContain(`| ${number} | ${sentences[number as InvariantNumber]} | [${file}](../test/invariants/${file}) |`)
})
