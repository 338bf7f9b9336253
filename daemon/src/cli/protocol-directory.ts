import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { protocolFiles, type CheckedProtocol } from '@porchlight/consent'
import { limits, PorchlightError } from '@porchlight/core'

const refuse = (message: string, cause?: unknown): never => {
  throw new PorchlightError('BAD_REQUEST', message, { reason: 'protocol-files', cause })
}

/** The names of what lies in a directory; none when there is no such directory. */
function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

/** @throws `BAD_REQUEST` when the file is too long or no UTF-8 */
function textOf(dir: string, path: string): string {
  const file = join(dir, path)
  const bytes = readFileSync(file)
  if (bytes.byteLength > limits.protocolFileBytes) refuse(`${file} of ${bytes.byteLength} bytes, limit ${limits.protocolFileBytes}`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    return refuse(`${file} is no UTF-8`, cause)
  }
}

/**
 * Reads of a protocol's folder what `checkProtocol` looks at, and nothing else.
 *
 * @returns path relative to the folder → text
 * @throws  `BAD_REQUEST` with reason `protocol-files` when there is no such folder, or a file is too long or no UTF-8
 */
export function readProtocol(dir: string): Map<string, string> {
  if (!lstatSync(dir, { throwIfNoEntry: false })?.isDirectory()) refuse(`${dir} is no directory`)
  const paths = [...namesIn(dir), ...namesIn(join(dir, 'vectors')).map((name) => `vectors/${name}`)]
  const wanted = paths.filter((path) => protocolFiles(path) && lstatSync(join(dir, path)).isFile())
  return new Map(wanted.sort().map((path) => [path, textOf(dir, path)]))
}

/** Adds the text to `released.json`, unless it stands there already. @returns whether it was added */
export function release(dir: string, { manifest, released }: CheckedProtocol): boolean {
  if (!manifest || released.at(-1)?.id === manifest.id) return false
  const all = [...released, { rev: manifest.body.rev, id: manifest.id }]
  writeFileSync(join(dir, 'released.json'), `${JSON.stringify(all, null, 2)}\n`)
  return true
}
