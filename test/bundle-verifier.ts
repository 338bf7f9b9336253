import { join } from 'node:path'
import { build } from 'tsup'
import configs from '../tsup.config.ts'

/** Builds the standalone verifier as `npm run build` does, into a directory of its own. @returns the file */
export async function bundleVerifier(outDir: string): Promise<string> {
  const config = (configs as { name?: string }[]).find(({ name }) => name === 'packages/verify')
  await build({ ...config, outDir, config: false, dts: false })
  return join(outDir, 'verify-export.js')
}
