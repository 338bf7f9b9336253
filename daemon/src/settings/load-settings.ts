import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { PorchlightError } from '@porchlight/core'
import { readSettingsFile, type FileEntry } from './settings-file.ts'
import { environmentName, flagName, outsideFile, settingNames, settingsSchema, type SettingName, type Settings } from './settings.ts'
import { didYouMean } from './suggest.ts'

export interface SettingSources {
  /** By setting name, as commander gives them; absent ones are `undefined`. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Settings, and which of them a person set: a taken port that somebody chose is a mistake, a remembered one is not. */
export interface LoadedSettings {
  readonly settings: Settings
  /** Setting name → where it came from, in words: `flag --api-port`. Defaults are absent. */
  readonly setBy: ReadonlyMap<SettingName, string>
}

const invalid = (message: string, reason: string) => new PorchlightError('SETTING_INVALID', message, { reason })

/**
 * Where this household lives: flag, then `PORCHLIGHT_HOME`, then the XDG data directory. Needs no settings file, so a broken one never keeps
 * a command such as `revoke` from reaching the daemon.
 *
 * @returns an absolute path
 */
export function homeOf({ flags, environment }: SettingSources): string {
  const given = (flags['home'] as string | undefined) ?? environment['PORCHLIGHT_HOME']
  if (given === '') throw invalid('PORCHLIGHT_HOME is empty', 'home')
  if (given !== undefined) return resolve(given)
  const data = environment['XDG_DATA_HOME']
  // The XDG specification says that a relative path is to be ignored.
  return join(data !== undefined && isAbsolute(data) ? data : join(environment['HOME'] ?? homedir(), '.local/share'), 'porchlight')
}

function refuseUnknownEnvironment(environment: SettingSources['environment']): void {
  const known = settingNames.map(environmentName)
  const unknown = Object.keys(environment).find((name) => name.startsWith('PORCHLIGHT_') && !known.includes(name))
  if (unknown === 'PORCHLIGHT_PASSPHRASE')
    throw invalid(
      'PORCHLIGHT_PASSPHRASE would be readable by other programs; put it in a file and set PORCHLIGHT_PASSPHRASE_FILE',
      'unknown-setting',
    )
  if (unknown !== undefined)
    throw invalid(`the environment has ${unknown}, which is no setting${didYouMean(unknown, known)}`, 'unknown-setting')
}

function refuseUnknownInFile(entries: ReadonlyMap<string, FileEntry>, path: string): void {
  const known = settingNames.filter((name) => !outsideFile.includes(name))
  for (const [name, { line }] of entries) {
    if (known.includes(name as SettingName)) continue
    if (outsideFile.includes(name as SettingName))
      throw invalid(
        `${path} line ${line}: "${name}" says where this file is, so it cannot be in it; use ${flagName(name)} or ${environmentName(name)}`,
        'unknown-setting',
      )
    throw invalid(`${path} line ${line}: "${name}" is no setting${didYouMean(name, known)}`, 'unknown-setting')
  }
}

/**
 * Reads all sources: flags over environment over file over defaults.
 *
 * @throws `SETTING_INVALID` naming the source, for an unknown key (with a suggestion) or a value that does not fit
 */
export function loadSettings(sources: SettingSources): LoadedSettings {
  const { flags, environment } = sources
  refuseUnknownEnvironment(environment)
  const home = homeOf(sources)
  const config = (flags['config'] as string | undefined) ?? environment['PORCHLIGHT_CONFIG']
  const path = config === undefined ? join(home, 'config.yaml') : resolve(config)
  const file = readSettingsFile(path, config !== undefined)
  refuseUnknownInFile(file, path)

  const values: Record<string, unknown> = {}
  const setBy = new Map<SettingName, string>()
  for (const name of settingNames) {
    const entry = file.get(name)
    const found =
      flags[name] !== undefined
        ? { value: flags[name], from: `flag ${flagName(name)}` }
        : environment[environmentName(name)] !== undefined
          ? { value: environment[environmentName(name)], from: environmentName(name) }
          : entry && { value: entry.value, from: `${path} line ${entry.line}: ${name}` }
    if (!found) continue
    values[name] = found.value
    setBy.set(name, found.from)
  }
  const checked = settingsSchema.safeParse(values)
  if (!checked.success) {
    const issue = checked.error.issues[0]
    const name = issue?.path[0] as SettingName
    throw invalid(`${setBy.get(name) ?? name} ${issue?.message ?? 'does not fit'}`, name)
  }
  return { settings: { ...checked.data, home }, setBy }
}
