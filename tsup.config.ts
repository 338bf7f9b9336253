import { join } from 'node:path'
import { defineConfig } from 'tsup'
import { entryPoints, root, workspaces } from './scripts/workspaces.mjs'

/** The verifier is one file that runs wherever Node is: everything it needs is in it, from the workspaces' sources. */
const standalone = 'packages/verify'

/** One bundle per entry point of each workspace; declarations come from `tsc -b` instead, which is three times as fast. */
export default defineConfig(
  workspaces()
    .filter((workspace) => Object.keys(entryPoints(workspace)).length > 0)
    .map((workspace) => ({
      name: workspace.dir,
      entry: Object.fromEntries(Object.entries(entryPoints(workspace)).map(([name, source]) => [name, join(root, workspace.dir, source)])),
      outDir: join(root, workspace.dir, 'dist'),
      format: 'esm' as const,
      platform: 'node' as const,
      target: 'node22',
      ...(workspace.dir === standalone
        ? {
            noExternal: [/.*/],
            splitting: false,
            sourcemap: false,
            esbuildOptions: (options: { conditions?: string[] }) => {
              options.conditions = ['@porchlight/source', 'node', 'module', 'import']
            },
          }
        : { skipNodeModulesBundle: true, splitting: true, sourcemap: true }),
      dts: false,
      clean: false,
      silent: true,
    })),
)
