import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../scripts/workspaces.mjs'
import { badlyNamed, namesTheOutside, tooLong, type TrackedFile } from './files.ts'

const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
const files: TrackedFile[] = listed
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)) && statSync(join(root, path)).isFile())
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

test('no hand-written source file is longer than 400 lines', () => {
  expect(tooLong(files)).toEqual([])
})

test('every source file is named by its idea, in kebab-case', () => {
  expect(badlyNamed(files)).toEqual([])
})

test('no file names a place outside the repository or a package registry', () => {
  expect(namesTheOutside(files)).toEqual([])
})

describe('the rules find what they look for', () => {
  test('one line too many, but not in generated code', () => {
    const text = 'x\n'.repeat(401)
    expect(tooLong([{ path: 'a/src/generated/gate.ts', text }])).toEqual([])
    expect(tooLong([{ path: 'a/src/gate.ts', text }])).toHaveLength(1)
    expect(tooLong([{ path: 'a/src/gate.ts', text: 'x\n'.repeat(400) }])).toEqual([])
  })

  test.each(['a/utils.ts', 'a/helpers.test.ts', 'a/common.mjs', 'a/misc.ts', 'a/openStream.ts', 'a/Open.ts'])('the name %s', (path) => {
    expect(badlyNamed([{ path, text: '' }])).toHaveLength(1)
  })

  test.each(['a/decide.ts', 'a/byte-stream.test.ts', 'vitest.config.ts'])('the name %s is fine', (path) => {
    expect(badlyNamed([{ path, text: '' }])).toEqual([])
  })

  test.each([
    ['README.md', ['see ..', 'shared', 'design'].join('/')],
    ['README.md', ['cd ', 'work', 'main'].join('/')],
    ['.npmrc', `registry=https://${['registry', 'npmjs', 'org'].join('.')}/`],
    ['package-lock.json', '"resolved": "https://mirror.example/a.tgz"'],
  ])('%s with %s', (path, text) => {
    expect(namesTheOutside([{ path, text }])).toHaveLength(1)
  })
})
