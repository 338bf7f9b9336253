// running a household
export { startDaemon } from './run/daemon.ts'
export type { DaemonOptions, RunningDaemon } from './run/daemon.ts'
export { makeLog } from './run/log.ts'
export type { Log } from './run/log.ts'
// settings
export { homeOf, loadSettings } from './settings/load-settings.ts'
export type { LoadedSettings, SettingSources } from './settings/load-settings.ts'
export { settingNames, settingsSchema } from './settings/settings.ts'
export type { SettingName, Settings } from './settings/settings.ts'
// the command line
export { runCli } from './cli/run-cli.ts'
export type { Terminal } from './cli/terminal.ts'
