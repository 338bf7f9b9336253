import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root, workspaces } from '../scripts/workspaces.mjs'
import { isLibre, rowsOf } from './licences.ts'

interface Manifest {
  readonly name?: string
  readonly license?: string
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

interface Locked {
  readonly license?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T
}

const manifests = [read<Manifest>('package.json'), ...workspaces().map(({ manifest }) => manifest as Manifest)]
const wanted = new Map(
  manifests
    .flatMap((manifest) => Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }))
    .filter(([name]) => !name.startsWith('@porchlight/')),
)
const rows = rowsOf(readFileSync(join(root, 'docs/dependencies.md'), 'utf8'))

/** Every package of the installed tree, with the licence it states itself; one that this platform leaves out, as the lock states it. */
const tree = Object.entries(read<{ packages: Record<string, Locked> }>('package-lock.json').packages)
  .filter(([path, locked]) => path.includes('node_modules/') && !locked.link)
  .map(([path, locked]) => {
    const installed = existsSync(join(root, path, 'package.json')) ? read<Manifest>(`${path}/package.json`) : undefined
    return {
      ...locked,
      path,
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      license: installed?.license ?? locked.license,
    }
  })

describe('docs/dependencies.md', () => {
  test('has a row for every dependency', () => {
    expect([...wanted.keys()].filter((name) => !rows.some((row) => row.name === name))).toEqual([])
  })

  test('has no row for what nothing depends on', () => {
    expect(rows.map(({ name }) => name).filter((name) => !wanted.has(name))).toEqual([])
  })

  test('gives each one a reason, an alternative and the licence that the package states', () => {
    const stated = (name: string) => tree.find((entry) => entry.name === name)?.license
    expect(rows.filter(({ why, weighed }) => why === '' || weighed === '')).toEqual([])
    const wrong = rows.filter(({ name, licence }) => stated(name) !== undefined && stated(name) !== licence)
    expect(wrong.map(({ name }) => `${name} states ${stated(name)}`)).toEqual([])
  })
})

describe('the installed tree', () => {
  test('holds only libre licences, transitively', () => {
    expect(tree.length).toBeGreaterThan(100)
    expect(tree.filter(({ name, license }) => !isLibre(name, license)).map(({ path, license }) => `${path}: ${license}`)).toEqual([])
  })

  test('runs no install script for a runtime dependency but the one with packed binaries', () => {
    expect(tree.filter(({ dev, hasInstallScript }) => hasInstallScript && !dev).map(({ name }) => name)).toEqual(['classic-level'])
  })

  test('is named by exact versions', () => {
    expect([...wanted].filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })
})

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0)', true],
  ['Apache-2.0 AND MIT', true],
  ['MIT AND BUSL-1.1', false],
  ['BUSL-1.1', false],
  ['CC-BY-4.0', false],
  ['SEE LICENSE IN LICENSE', false],
  [undefined, false],
])('the licence %s is libre: %s', (expression, expected) => {
  expect(isLibre('any', expression)).toBe(expected)
})
