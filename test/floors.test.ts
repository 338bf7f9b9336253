import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesBelow, root, workspaces } from '../scripts/workspaces.mjs'
import { floors, forbiddenEdges, unusedDependencies, type SourceFile, type Workspace } from './floors.ts'

const realWorkspaces = workspaces() as Workspace[]
const rootManifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> }
const tools = new Set(Object.keys(rootManifest.devDependencies))
const realFiles: SourceFile[] = realWorkspaces
  .flatMap(({ dir }) => filesBelow(dir))
  .filter((path) => /\.[mc]?tsx?$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

describe('the import table', () => {
  test('no file imports upwards, sideways or past a fence', () => {
    expect(forbiddenEdges(realFiles, realWorkspaces, tools)).toEqual([])
  })

  test('every dependency of a workspace is imported there', () => {
    expect(unusedDependencies(realFiles, realWorkspaces)).toEqual([])
  })

  test('every workspace stands on a floor', () => {
    const bare = realWorkspaces.map(({ dir }) => forbiddenEdges([{ path: `${dir}/src/any.ts`, text: '' }], realWorkspaces, tools)).flat()
    expect(bare).toEqual([])
  })

  test('imports go down only: no two floors may import each other', () => {
    const pairs = floors.flatMap(({ where, mayImport }) => mayImport.map((target) => [where, target] as const))
    expect(pairs.filter(([where, target]) => pairs.some(([other, back]) => other === target && back === where))).toEqual([])
  })
})

describe('a forbidden edge is found and explained', () => {
  const seeded: readonly [string, string, string, RegExp][] = [
    ['core importing upwards', 'packages/core/src/a.ts', "import { x } from '@porchlight/wire'", /core is the words/],
    ['a type import', 'packages/consent/src/a.ts', "import type { X } from '@porchlight/store'", /Ledger is an interface/],
    ['a re-export', 'packages/mesh/src/a.ts', "export * from '@porchlight/consent'", /libp2p can be replaced/],
    ['a dynamic import', 'packages/sdk/src/a.ts', "await import('@porchlight/node')", /must work without libp2p/],
    ['a protocol importing another', 'protocols/share/src/a.ts', "import '@porchlight/protocol-invite'", /an app like any other/],
    ['a test of a lower floor importing a higher one', 'packages/wire/src/a.test.ts', "import '@porchlight/store'", /wire knows bytes/],
    ['a relative path into another workspace', 'packages/node/src/a.ts', "import '../../mesh/src/index.ts'", /stay in its workspace/],
    ['a workspace importing itself by name', 'packages/wire/src/a.ts', "import '@porchlight/wire'", /by relative path/],
    ['level outside the store', 'packages/node/src/a.ts', "import { Level } from 'level'", /behind packages\/store/],
    ['libp2p outside the mesh', 'packages/node/src/a.ts', "import { createLibp2p } from 'libp2p'", /behind packages\/mesh/],
    ['a libp2p network package in identity', 'packages/identity/src/a.ts', "import '@libp2p/tcp'", /pure functions/],
    ['a multiaddr outside the mesh', 'daemon/src/a.ts', "import '@multiformats/multiaddr'", /behind packages\/mesh/],
    ['a socket in a pure floor', 'packages/wire/src/a.ts', "import net from 'node:net'", /no input or output/],
    ['a disk in a pure floor', 'packages/identity/src/a.ts', "import 'fs/promises'", /no input or output/],
    ['a package that package.json does not name', 'packages/core/src/a.ts', "import 'left-pad'", /does not depend on left-pad/],
    ['a development tool in shipped code', 'packages/core/src/a.ts', "import 'vitest'", /does not depend on vitest/],
    ['a workspace nobody wrote', 'daemon/src/a.ts', "import '@porchlight/nowhere'", /no such workspace/],
  ]
  test.each(seeded)('%s', (_what, path, text, reason) => {
    const found = forbiddenEdges([{ path, text }], realWorkspaces, tools)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(reason)
  })

  test('a dependency that nothing imports', () => {
    const workspace: Workspace = { dir: 'packages/core', manifest: { name: '@porchlight/core', dependencies: { 'left-pad': '1.0.0' } } }
    expect(unusedDependencies([{ path: 'packages/core/src/index.ts', text: '' }], [workspace])).toHaveLength(1)
  })
})

describe('an allowed edge is left alone', () => {
  const allowed: readonly [string, string, string][] = [
    ['the floor below', 'packages/wire/src/a.ts', "import '@porchlight/core'"],
    ['libp2p keys in wire', 'packages/wire/src/a.ts', "import '@libp2p/crypto/keys'"],
    ['hashing in a pure floor', 'packages/wire/src/a.ts', "import 'node:crypto'"],
    [
      'a test using the testing network',
      'packages/wire/src/a.test.ts',
      "import '@porchlight/sdk/testing'; import { test } from 'vitest'; import 'node:net'",
    ],
  ]
  test.each(allowed)('%s', (_what, path, text) => {
    expect(forbiddenEdges([{ path, text }], realWorkspaces, tools)).toEqual([])
  })
})
