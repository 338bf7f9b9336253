import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'

const vectors = join(root, 'protocols/consent/vectors')
const read = (dir: string) => spawnSync('/usr/bin/python3', [join(import.meta.dirname, 'read_vectors.py'), dir], { encoding: 'utf8' })
const copy = mkdtempSync(join(tmpdir(), 'porchlight-vectors-'))
afterAll(() => rmSync(copy, { recursive: true }))

test('another language reads every vector as we do, with nothing but the specification', () => {
  const { status, stdout, stderr } = read(vectors)
  expect({ status, stderr, last: stdout.trimEnd().split('\n') }).toEqual({
    status: 0,
    stderr: '',
    last: [expect.stringMatching(/^[89]\d\d right, 0 wrong, \d+ need a schema$/)],
  })
})

test('a changed id, value or envelope does not get past that reader', () => {
  cpSync(vectors, copy, { recursive: true })
  const change = (name: string, from: RegExp, to: string): void => {
    const text = readFileSync(join(vectors, name), 'utf8')
    expect(text).toMatch(from)
    writeFileSync(join(copy, name), text.replace(from, to))
  }
  change('canonical.json', /"value":\{"int":"23"\}/, '"value":{"int":"22"}')
  change('objects.json', /"id":"b./, '"id":"bx')
  change('cross-type.json', /"because":"type"/, '"because":"envelope"')
  const { status, stdout } = read(copy)
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(',')[0]),
  ).toEqual(expect.arrayContaining(['canonical.json', 'objects.json', 'cross-type.json']))
  expect(status).toBe(1)
})
