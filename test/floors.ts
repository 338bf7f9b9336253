import { isBuiltin } from 'node:module'
import ts from 'typescript'

/** One row of the import table in docs/architecture.md: who may import whom. */
export interface Floor {
  readonly floor: number | undefined
  /** Workspace directory; `protocols/*` and `packages/*` style patterns match one directory name. */
  readonly where: string
  readonly mayImport: readonly string[]
  /** Why nothing else: printed with every forbidden edge. */
  readonly why: string
  /** Pure floors touch no network, no disk, no processes. */
  readonly pure: boolean
}

const pureFloors = ['packages/core', 'packages/wire']
const libraries = [
  ...pureFloors,
  'packages/consent',
  'packages/identity',
  'packages/community',
  'packages/store',
  'packages/mesh',
  'packages/sdk',
]

export const floors: readonly Floor[] = [
  {
    floor: 0,
    where: 'packages/core',
    mayImport: [],
    pure: true,
    why: 'core is the words that everything shares; it must be usable without anything else',
  },
  { floor: 1, where: 'packages/wire', mayImport: ['packages/core'], pure: true, why: 'wire knows bytes, not people, stores or networks' },
  {
    floor: 2,
    where: 'packages/consent',
    mayImport: pureFloors,
    pure: true,
    why: 'consent decides from what it is given; its Ledger is an interface, so a decision can be tested without a disk',
  },
  {
    floor: 2,
    where: 'packages/identity',
    mayImport: pureFloors,
    pure: true,
    why: 'identity is pure; its Keystore is an interface, so keys can be tested without a disk',
  },
  {
    floor: 2,
    where: 'packages/community',
    mayImport: pureFloors,
    pure: true,
    why: 'community folds signed objects; who stores and carries them is not its business',
  },
  {
    floor: 3,
    where: 'packages/store',
    mayImport: [...pureFloors, 'packages/consent', 'packages/identity', 'packages/community'],
    pure: false,
    why: 'store implements the interfaces of floor 2 and must not know the network',
  },
  {
    floor: 3,
    where: 'packages/mesh',
    mayImport: pureFloors,
    pure: false,
    why: 'mesh carries calls; it must not know who consented to what, so that libp2p can be replaced behind it',
  },
  {
    floor: 3,
    where: 'packages/sdk',
    mayImport: pureFloors,
    pure: false,
    why: 'apps import the SDK: it must work without libp2p, without level, and against any node',
  },
  {
    floor: 3,
    where: 'protocols/*',
    mayImport: [...pureFloors, 'packages/sdk'],
    pure: false,
    why: 'a protocol is an app like any other: what it needs, strangers need too, so it belongs in the SDK',
  },
  {
    floor: 3,
    where: 'packages/verify',
    mayImport: [...pureFloors, 'packages/consent', 'packages/identity'],
    pure: false,
    why: 'the verifier checks an export with the definitions alone: no store, no network, no daemon',
  },
  {
    floor: 4,
    where: 'packages/kit',
    mayImport: [...pureFloors, 'packages/consent', 'packages/identity', 'packages/mesh', 'packages/sdk', 'protocols/*'],
    pure: false,
    why: 'the kit judges implementations from outside: it speaks the wire and reads folders, and must not contain the node that it judges',
  },
  {
    floor: 4,
    where: 'packages/node',
    mayImport: [...libraries, 'protocols/*'],
    pure: false,
    why: 'node composes the floors below; an app may embed it without the daemon',
  },
  {
    floor: 5,
    where: 'daemon',
    mayImport: [...libraries, 'packages/node', 'packages/kit', 'protocols/*'],
    pure: false,
    why: 'nothing is above the daemon but examples, which do not belong in it',
  },
  {
    floor: undefined,
    where: 'examples',
    mayImport: ['packages/sdk', 'packages/node', 'protocols/*'],
    pure: false,
    why: 'an example shows what an app may use: the SDK, the node and the protocols',
  },
]

/** Packages that only some workspaces may import. `only` lists directories; `except` names the members that others may use too. */
const fenced = [
  {
    packages: /^(level|classic-level|abstract-level|datastore-level)$/,
    only: ['packages/store'],
    alsoIn: [],
    also: /^$/,
    why: 'level sits behind packages/store, so that one place answers for what survives a crash',
  },
  {
    packages: /^(libp2p$|@libp2p\/|@chainsafe\/|@multiformats\/)/,
    only: ['packages/mesh'],
    alsoIn: ['packages/wire', 'packages/identity'],
    also: /^@libp2p\/(crypto|interface|peer-record|peer-id)$/,
    why: 'libp2p sits behind packages/mesh; only wire and identity may use its pure functions for keys and envelopes',
  },
]

const inputAndOutput = /^(fs|net|http|https|http2|tls|dgram|dns|child_process|worker_threads|cluster|readline|repl|inspector)(\/|$)/

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Workspace {
  readonly dir: string
  readonly manifest: { readonly name: string; readonly dependencies?: Readonly<Record<string, string>> }
}

/** The file that imports, and what it is judged by. */
interface Importer {
  readonly path: string
  readonly own: Workspace
  readonly floor: Floor
  readonly workspaces: readonly Workspace[]
  readonly tools: ReadonlySet<string>
}

/** True for a file that is not shipped: tests, and what they share in src/testing (the SDK's own is shipped). It may also import the SDK's testing network, the root's development tools and node's I/O modules. */
export function isTest(path: string): boolean {
  return (
    /\.(test|bench)\.ts$/.test(path) ||
    path.startsWith('daemon/test/') ||
    (path.includes('/src/testing/') && !path.startsWith('packages/sdk/'))
  )
}

/** Every module a file names: imports, re-exports, type imports and dynamic imports with a literal. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName)
}

export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function matches(pattern: string, dir: string): boolean {
  return pattern === dir || (pattern.endsWith('/*') && dir.startsWith(pattern.slice(0, -1)))
}

/**
 * Checks every import against the table, the fences and the package.json files.
 *
 * @param files       TypeScript files of the workspaces, tests included
 * @param workspaces  what each directory calls itself and depends on
 * @param tools       packages that tests may import besides: the root's development dependencies
 * @returns           one sentence per forbidden edge, naming the file, the import and the reason
 */
export function forbiddenEdges(files: readonly SourceFile[], workspaces: readonly Workspace[], tools: ReadonlySet<string>): string[] {
  return files.flatMap(({ path, text }) => {
    const own = workspaces.find(({ dir }) => path.startsWith(`${dir}/`))
    const floor = own && floors.find(({ where }) => matches(where, own.dir))
    if (!own || !floor) return [`${path} is in no workspace of the import table`]
    return importsOf(text).flatMap((specifier) => {
      const because = reasonAgainst(specifier, { path, own, floor, workspaces, tools })
      return because === undefined ? [] : [`${path} imports ${specifier}: ${because}`]
    })
  })
}

function reasonAgainst(specifier: string, { path, own, floor, workspaces, tools }: Importer): string | undefined {
  const test = isTest(path)
  if (specifier.startsWith('.'))
    return leavesWorkspace(specifier, path, own.dir) && !test ? 'a relative import must stay in its workspace' : undefined
  if (isBuiltin(specifier)) {
    return floor.pure && !test && inputAndOutput.test(specifier.replace(/^node:/, ''))
      ? `${floor.where} does no input or output`
      : undefined
  }
  const name = packageOf(specifier)
  const target = workspaces.find(({ manifest }) => manifest.name === name)
  if (target) {
    if (target.dir === own.dir) return test ? undefined : 'a workspace names its own files by relative path'
    if (test && specifier === '@porchlight/sdk/testing') return undefined
    if (!floor.mayImport.some((pattern) => matches(pattern, target.dir))) return floor.why
  } else if (name.startsWith('@porchlight/')) {
    return 'there is no such workspace'
  }
  const fence = fenced.find(
    ({ packages, only, alsoIn, also }) => packages.test(name) && !only.includes(own.dir) && !(alsoIn.includes(own.dir) && also.test(name)),
  )
  if (fence) return fence.why
  if (own.manifest.dependencies?.[name] === undefined && !(test && tools.has(name)))
    return `${own.dir}/package.json does not depend on ${name}`
  return undefined
}

function leavesWorkspace(specifier: string, path: string, dir: string): boolean {
  return !new URL(specifier, `file:///${path}`).pathname.startsWith(`/${dir}/`)
}

/** What only the bundle of a workspace imports, because it stays outside of it. */
const ofTheBundle: Readonly<Record<string, readonly string[]>> = { daemon: ['classic-level'] }

/**
 * Finds dependencies that nothing shipped imports. A workspace that exports nothing yet is left out.
 *
 * @returns  one sentence per dependency
 */
export function unusedDependencies(files: readonly SourceFile[], workspaces: readonly Workspace[]): string[] {
  return workspaces.flatMap(({ dir, manifest }) => {
    const shipped = files.filter(({ path }) => path.startsWith(`${dir}/`) && !isTest(path))
    const used = new Set(shipped.flatMap(({ text }) => importsOf(text).map(packageOf)))
    if (!shipped.some(({ path }) => path === `${dir}/src/index.ts`)) return []
    return Object.keys(manifest.dependencies ?? {})
      .filter((name) => !used.has(name) && ofTheBundle[dir]?.includes(name) !== true)
      .map((name) => `${dir}/package.json depends on ${name}, which nothing there imports`)
  })
}
