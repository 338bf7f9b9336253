import { limits, PorchlightError } from '@porchlight/core'
import { createHash } from 'node:crypto'
import type { KeyValues, Write } from '../database.ts'
import { readTar, writeTar, type TarFile } from './tar.ts'

/** The first file of a backup: what it is of, and what else is in it. */
export interface BackupManifest {
  readonly format: 'porchlight-backup'
  readonly version: 1
  /** Data version of the records; restored data of an older one is brought up to date at the first start. */
  readonly data: number
  readonly madeMs: number
  readonly household: string
  readonly device: string
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[]
}

/** What a backup holds, read and checked. */
export interface BackupContents {
  readonly manifest: BackupManifest
  /** Secrets of the keystore, by name, as they are without a passphrase. */
  readonly keys: ReadonlyMap<string, Uint8Array>
  readonly records: readonly Write[]
}

const utf8 = new TextEncoder()
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Which file a database entry goes to; the first that fits. */
const fileOf = (key: string): string =>
  key.startsWith('log') ? 'log.ndjson' : key.startsWith('table/') ? 'tables.ndjson' : 'ledger.ndjson'
const recordFiles = ['ledger.ndjson', 'log.ndjson', 'tables.ndjson']

/**
 * Gathers everything of a household: its keys as files, its records as lines of JSON, one entry a line, as of one instant.
 *
 * @throws `TOO_LARGE` past `limits.backupBytes`
 */
export async function packBackup(
  database: KeyValues,
  keys: ReadonlyMap<string, Uint8Array>,
  about: Pick<BackupManifest, 'household' | 'device' | 'madeMs'>,
): Promise<Uint8Array> {
  const lines = new Map<string, string[]>(recordFiles.map((name) => [name, []]))
  let data = 0
  let bytes = 0
  // One iterator reads one state of the database, whatever is written meanwhile.
  for await (const [key, value] of database.entries('')) {
    if (key === 'schema') data = Number(value)
    const line = `{"key":${JSON.stringify(key)},"value":${value}}\n`
    bytes += line.length
    if (bytes > limits.backupBytes) throw new PorchlightError('TOO_LARGE', `a backup of more than ${limits.backupBytes} bytes`)
    lines.get(fileOf(key))!.push(line)
  }
  const files: TarFile[] = [
    ...[...keys].map(([name, secret]) => ({ name: `keys/${name}`, bytes: secret })),
    ...[...lines].map(([name, each]) => ({ name, bytes: utf8.encode(each.join('')) })),
  ]
  const manifest: BackupManifest = {
    format: 'porchlight-backup',
    version: 1,
    data,
    ...about,
    files: files.map((file) => ({ name: file.name, bytes: file.bytes.byteLength, sha256: sha256(file.bytes) })),
  }
  return writeTar(
    [{ name: 'manifest.json', bytes: utf8.encode(`${JSON.stringify(manifest, null, 2)}\n`) }, ...files],
    Math.floor(about.madeMs / 1000),
  )
}

const damaged = (what: string, cause?: unknown): PorchlightError =>
  new PorchlightError('SETTING_INVALID', `not a backup that can be restored: ${what}`, { reason: 'backup-damaged', cause })

/** Reads a backup and checks every file of it against its manifest. @throws `SETTING_INVALID` with reason `backup-damaged` or `newer-data` */
export function unpackBackup(archive: Uint8Array): BackupContents {
  const [first, ...files] = readTar(archive)
  if (first?.name !== 'manifest.json') throw damaged('it has no manifest')
  const manifest = manifestOf(first.bytes)
  if (manifest.files.length !== files.length) throw damaged(`${files.length} files, its manifest names ${manifest.files.length}`)
  for (const [index, { name, bytes, sha256: hash }] of manifest.files.entries()) {
    const file = files[index]!
    if (file.name !== name || file.bytes.byteLength !== bytes || sha256(file.bytes) !== hash)
      throw damaged(`${name} is not as it was when the backup was made`)
  }
  const keys = new Map(files.flatMap(({ name, bytes }) => (name.startsWith('keys/') ? [[name.slice(5), bytes] as const] : [])))
  return { manifest, keys, records: files.filter(({ name }) => recordFiles.includes(name)).flatMap(({ bytes }) => recordsOf(bytes)) }
}

function manifestOf(bytes: Uint8Array): BackupManifest {
  let manifest: BackupManifest
  try {
    manifest = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as BackupManifest
  } catch (cause) {
    throw damaged('its manifest cannot be read', cause)
  }
  if (manifest?.format !== 'porchlight-backup' || !Array.isArray(manifest.files)) throw damaged('its manifest is of something else')
  if (manifest.version !== 1)
    throw new PorchlightError('SETTING_INVALID', 'the backup was made by a newer Porchlight; install that one', { reason: 'newer-data' })
  return manifest
}

function recordsOf(bytes: Uint8Array): Write[] {
  try {
    return new TextDecoder('utf-8', { fatal: true })
      .decode(bytes)
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const { key, value } = JSON.parse(line) as { key: string; value: unknown }
        return { type: 'put', key, value: JSON.stringify(value) }
      })
  } catch (cause) {
    throw damaged('a line of its records cannot be read', cause)
  }
}
