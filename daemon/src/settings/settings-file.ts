import { readFileSync, statSync } from 'node:fs'
import { limits, PorchlightError } from '@porchlight/core'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'

/** One setting as it stands in the file, with its line for messages. */
export interface FileEntry {
  readonly value: unknown
  readonly line: number
}

const broken = (message: string, cause?: unknown) => new PorchlightError('SETTING_INVALID', message, { reason: 'config-broken', cause })

/**
 * Reads `name: value` settings from YAML text.
 *
 * @param name  what messages call the file
 * @throws `SETTING_INVALID` naming file and line: broken YAML, a key twice, anything but a map of plain names
 */
export function parseSettingsFile(text: string, name: string): Map<string, FileEntry> {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, uniqueKeys: true, prettyErrors: false })
  const lineAt = (offset: number) => lineCounter.linePos(offset).line
  const fault = document.errors[0] ?? document.warnings[0]
  if (fault) throw broken(`${name} line ${lineAt(fault.pos[0])}: ${fault.message}`)
  const entries = new Map<string, FileEntry>()
  if (document.contents === null) return entries
  if (!isMap(document.contents)) throw broken(`${name} line 1: not a list of "name: value" lines`)
  const values = document.toJS({ maxAliasCount: 0 }) as Record<string, unknown>
  for (const { key } of document.contents.items) {
    const line = isScalar(key) && key.range ? lineAt(key.range[0]) : 1
    if (!isScalar(key) || typeof key.value !== 'string') throw broken(`${name} line ${line}: the name of a setting is not a word`)
    entries.set(key.value, { value: values[key.value], line })
  }
  return entries
}

/**
 * Reads the settings file.
 *
 * @param mustExist  whether a missing file is a mistake (`--config`) or simply no settings
 */
export function readSettingsFile(path: string, mustExist: boolean): Map<string, FileEntry> {
  try {
    const { size } = statSync(path)
    if (size > limits.settingsFileBytes) throw broken(`${path} has ${size} bytes, limit ${limits.settingsFileBytes}`)
    return parseSettingsFile(readFileSync(path, 'utf8'), path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if ((code === 'ENOENT' || code === 'ENOTDIR') && !mustExist) return new Map()
    if (cause instanceof PorchlightError) throw cause
    throw broken(code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read (${code ?? String(cause)})`, cause)
  }
}
