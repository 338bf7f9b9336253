import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { limits, PorchlightError } from '@porchlight/core'
import { kitFiles } from './check/check-folder.ts'

const refuse = (message: string, cause?: unknown): never => {
  throw new PorchlightError('BAD_REQUEST', message, { reason: 'protocol-files', cause })
}

/** The names of what lies in a directory; none when there is no such directory, or only a link to one. */
const namesIn = (dir: string): string[] => (lstatSync(dir, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(dir) : [])

/** @throws `BAD_REQUEST` when the file is too long or no UTF-8 */
function textOf(dir: string, path: string): string {
  const file = join(dir, path)
  const { size } = lstatSync(file)
  if (size > limits.protocolFileBytes) refuse(`${file} of ${size} bytes, limit ${limits.protocolFileBytes}`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (cause) {
    return refuse(`${file} is no UTF-8`, cause)
  }
}

/**
 * Reads of a protocol's folder what `checkFolder` looks at, and nothing else.
 *
 * @returns path relative to the folder → text
 * @throws  `BAD_REQUEST` with reason `protocol-files` when there is no such folder, or a file is too long or no UTF-8
 */
export function readFolder(dir: string): Map<string, string> {
  if (!lstatSync(dir, { throwIfNoEntry: false })?.isDirectory()) refuse(`${dir} is no directory`)
  const paths = [...namesIn(dir), ...namesIn(join(dir, 'vectors')).map((name) => `vectors/${name}`)]
  const wanted = paths.filter((path) => kitFiles(path) && lstatSync(join(dir, path)).isFile())
  if (wanted.length > limits.protocolFiles) refuse(`${dir} holds ${wanted.length} files of a protocol, limit ${limits.protocolFiles}`)
  return new Map(wanted.sort().map((path) => [path, textOf(dir, path)]))
}

/**
 * Writes files into a folder that holds nothing yet.
 *
 * @throws `BAD_REQUEST` with reason `protocol-files` when something is there already; nothing is written then
 */
export function writeFolder(dir: string, files: ReadonlyMap<string, string>): void {
  if (lstatSync(dir, { throwIfNoEntry: false }) && namesIn(dir).length > 0) refuse(`${dir} is there already, and not empty`)
  for (const [path, text] of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
}

/** Writes a file in the place of whatever is there: a link that came with a folder is replaced, and what it points at left alone. */
export function putFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}.new`
  rmSync(beside, { force: true })
  writeFileSync(beside, text, { flag: 'wx' })
  renameSync(beside, path)
}
