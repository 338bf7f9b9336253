import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sourceFlags } from './source-flags.ts'

export const chunkBytes = 64 * 1024
const chunksMade = 64

/** Made once, so that an app that only has to be busy is not busy with making its data. */
const chunks = Array.from({ length: chunksMade }, (_, n) => {
  const seed = createHash('sha256').update(String(n)).digest()
  const chunk = Buffer.alloc(chunkBytes)
  for (let at = 0; at < chunkBytes; at += seed.length) seed.copy(chunk, at)
  return chunk
})

/** The n-th 64 KiB of the bulk: 64 different chunks over and over, the same in every run. */
export const bulkChunk = (n: number): Buffer => chunks[n % chunksMade]!

/** The sha-256 of the first `bytes` bytes (a multiple of 64 KiB) of the bulk. */
export function bulkHash(bytes: number): string {
  const hash = createHash('sha256')
  for (let n = 0; n < bytes / chunkBytes; n++) hash.update(bulkChunk(n))
  return hash.digest('hex')
}

/**
 * An app with a bulk to download, an upload that reads slowly, and a WebSocket that echoes. It knows nothing of Porchlight.
 *
 * @param prefix  what goes before its command, for instance to start it in a network namespace
 */
export async function startBulkApp(prefix: readonly string[] = []): Promise<{ port: number } & AsyncDisposable> {
  const main = fileURLToPath(new URL('bulk-app-main.ts', import.meta.url))
  const [command, ...args] = [...prefix, process.execPath, ...sourceFlags, main]
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
}
