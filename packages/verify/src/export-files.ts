import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openNote } from '@porchlight/consent'
import { deviceId, limits, type DeviceId } from '@porchlight/core'

/** What an export consists of; nothing else may be in its directory. */
export const exportPaths = [
  'README.txt',
  'audit.ndjson',
  'checkpoints/own.notes',
  'checkpoints/seen.notes',
  'consent-records.json',
  'contacts.json',
  'household.json',
  'objects.ndjson',
  'services.json',
] as const

export const fileList = 'files.note'

export interface ExportFiles {
  /** Text of each file. */
  readonly texts: ReadonlyMap<string, string>
  /** The device that signed the list of files, when it did. */
  readonly device: DeviceId | undefined
  /** The household that the signed list names. */
  readonly household: string | undefined
  readonly faults: readonly string[]
}

/** Reads an export and compares its files with the signed list. A file that is not valid UTF-8 is a changed one. */
export async function readExport(dir: string): Promise<ExportFiles> {
  const found = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(join(dir).length)
        .replace(/^[\\/]+/, '')
        .replaceAll('\\', '/'),
    )
  const contents = new Map<string, Buffer>()
  for (const path of found) contents.set(path, await readFile(join(dir, path)))
  const texts = new Map([...contents].map(([path, bytes]) => [path, bytes.toString('utf8')]))
  const faults: string[] = []
  const note = texts.get(fileList) ?? ''
  const device = deviceOf(note)
  const signed = device && openNote(note, device, limits.exportNoteBytes)
  if (!signed) faults.push(`${fileList} is not a list of files that the device it names has signed`)
  const [, household, , ...lines] = signed ?? []
  const expected = new Map(lines.map((line) => [line.slice(65), line.slice(0, 64)]))
  for (const path of new Set([...exportPaths, ...expected.keys(), ...found])) {
    if (path === fileList) continue
    const bytes = contents.get(path)
    if (bytes === undefined) faults.push(`${path} is missing`)
    else if (!expected.has(path)) faults.push(`${path} is not in the signed list of files`)
    else if (createHash('sha256').update(bytes).digest('hex') !== expected.get(path)) faults.push(`${path} is not as it was exported`)
  }
  return { texts, device: signed ? device : undefined, household, faults }
}

function deviceOf(note: string): DeviceId | undefined {
  const name = /^porchlight\/export\/([^\n]+)\n/.exec(note)?.[1]
  try {
    return name === undefined ? undefined : deviceId(name)
  } catch {
    return undefined
  }
}
