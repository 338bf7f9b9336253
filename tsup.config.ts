import { join } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import { thirdParties } from './scripts/third-parties.mjs'
import { entryPoints, root, workspaces } from './scripts/workspaces.mjs'

type BuildOptions = Parameters<NonNullable<Options['esbuildOptions']>>[0]

const fromSources = (options: BuildOptions): void => {
  options.conditions = ['@porchlight/source', 'node', 'module', 'import']
}

const ofLibraries: Options = { skipNodeModulesBundle: true, splitting: true, sourcemap: true }

/** With everything it needs, from the workspaces' sources and the packages, and what their licences ask to be said of them. */
const withEverything: Options = {
  noExternal: [/.*/],
  sourcemap: false,
  esbuildPlugins: [thirdParties],
  esbuildOptions: fromSources,
}

/** The verifier is one file that runs wherever Node is. */
const verifier: Options = { ...withEverything, splitting: false }

/**
 * The program that runs day and night holds what it loads in memory, comments and all: of 41 MB of heap 14 are less in this form (ADR 58).
 * Names stay, for what a stack says. Two packages are left outside: one loads a library of the machine, one starts threads from files.
 */
const daemon: Options = {
  ...withEverything,
  splitting: true,
  external: ['classic-level', 'pino'],
  noExternal: [/^(?!(classic-level|pino)$)/],
  banner: { js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);" },
  esbuildOptions: (options: BuildOptions) => {
    fromSources(options)
    options.minifyWhitespace = true
    options.minifySyntax = true
  },
}

const formOf = (dir: string, entry: string): Options =>
  dir === 'packages/verify' ? verifier : dir === 'daemon' && entry === 'main' ? daemon : ofLibraries

/** One bundle per entry point of each workspace; declarations come from `tsc -b` instead, which is three times as fast. */
export default defineConfig(
  workspaces().flatMap(({ dir, manifest }) => {
    const entries = Object.entries(entryPoints({ dir, manifest }))
    return Map.groupBy(entries, ([name]) => formOf(dir, name))
      .entries()
      .map(([form, together]): Options => ({
        name: dir,
        entry: Object.fromEntries(together.map(([name, source]) => [name, join(root, dir, source)])),
        outDir: join(root, dir, 'dist'),
        format: 'esm',
        platform: 'node',
        target: 'node22',
        ...form,
        dts: false,
        clean: false,
        silent: true,
      }))
      .toArray()
  }),
)
