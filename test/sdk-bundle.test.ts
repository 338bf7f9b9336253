import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'tsup'
import { describe, expect, test } from 'vitest'
import { root } from '../scripts/workspaces.mjs'

/** Everything an app of one entry point ships, as its own bundler would make it. @returns the code */
async function bundled(entry: string, platform: 'node' | 'browser'): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'porchlight-bundle-'))
  try {
    await build({
      entry: { app: join(root, 'packages/sdk/src', entry) },
      outDir,
      platform,
      format: 'esm',
      target: 'es2024',
      noExternal: [/.*/],
      minify: true,
      splitting: false,
      config: false,
      dts: false,
      silent: true,
      esbuildOptions: (options) => {
        options.conditions = ['@porchlight/source', platform, 'module', 'import']
      },
    })
    return await readFile(join(outDir, 'app.js'), 'utf8')
  } finally {
    await rm(outDir, { recursive: true })
  }
}

describe.each([
  ['index.ts', 'node', 40],
  ['browser/index.ts', 'browser', 16],
] as const)('what an app ships of %s', (entry, platform, mostKiB) => {
  test(`is at most ${mostKiB} KiB compressed, and nothing of libp2p, level or the signed objects is in it`, async () => {
    const code = await bundled(entry, platform)
    expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThanOrEqual(mostKiB * 1024)
    for (const word of ['libp2p', 'multiaddr', 'dag-cbor', 'protobuf', 'leveldb']) expect(code).not.toContain(word)
    if (platform === 'browser') expect(code).not.toMatch(/from\s*["'](?:node:|ws["'])/)
  })
})
