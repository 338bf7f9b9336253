import { Option, type Command } from '@commander-js/extra-typings'
import type { NodeOptions, HouseholdNode } from '@porchlight/node'
import { loadSettings } from '../../settings/load-settings.ts'
import { flagName, settingNames, settingsSchema } from '../../settings/settings.ts'
import { apiClient } from '../api-client.ts'
import { print, type Runner, command } from '../command-line.ts'
import { showRecoveryWords } from './household.ts'

export type CreateNode = (options: NodeOptions) => Promise<HouseholdNode>

const flagsHere = new Set(['home'])

/** `start` takes every setting as a flag, in the words of the settings' own schema. */
function addSettingFlags(command: Command): void {
  for (const name of settingNames.filter((each) => !flagsHere.has(each))) {
    command.addOption(new Option(`${flagName(name)} <value>`, settingsSchema.shape[name].description ?? ''))
    if (name === 'mdns') command.addOption(new Option('--no-mdns', 'the same as --mdns false').default(undefined))
  }
}

/**
 * The commands that run a node in this process. The node and its libraries are loaded here only, so that every other command starts quickly.
 *
 * @param createNode  for tests; default the real one
 */
export function addStartCommands(program: Command, runner: Runner, createNode?: CreateNode): void {
  const { terminal } = runner
  const nodeMaker = async (): Promise<CreateNode> => createNode ?? (await import('@porchlight/node')).createNode

  const start = command(program, 'start', 'run the household in the foreground') as unknown as Command
  addSettingFlags(start)
  start.action(async (flags: Record<string, unknown>) => {
    const loaded = loadSettings({ flags, environment: terminal.environment })
    const [{ runUntilStopped }, make] = await Promise.all([import('../../run/foreground.ts'), nodeMaker()])
    runner.outcome.exitCode = await runUntilStopped({ loaded, terminal, createNode: make, json: flags['json'] === true })
  })

  command(program, 'init', 'make the household without going online, and show the recovery words once')
    .option('--name <name>', 'what it calls itself; default the name of this computer')
    .option('--yes', 'the recovery words are written down: do not ask any back')
    .action(async (flags) => {
      const { json, yes, ...settingFlags } = flags
      const loaded = loadSettings({ flags: settingFlags, environment: terminal.environment })
      const offline = { ...loaded, settings: { ...loaded.settings, listen: [], mdns: false, bootstrap: [] } }
      const [{ startDaemon }, { makeLog }, make] = await Promise.all([
        import('../../run/daemon.ts'),
        import('../../run/log.ts'),
        nodeMaker(),
      ])
      const log = makeLog({ ...loaded.settings, logLevel: 'error' }, terminal.say)
      await using daemon = await startDaemon({
        loaded: offline,
        environment: terminal.environment,
        createNode: make,
        log,
        nowMs: terminal.nowMs,
      })
      await using api = apiClient(loaded.settings.home)
      const showNow = daemon.recoveryWordsPending && (yes === true || terminal.isInteractive)
      const words = showNow ? await showRecoveryWords({ api, terminal, home: loaded.settings.home }, { yes, json }) : undefined
      if (daemon.recoveryWordsPending && !showNow) terminal.say('The recovery words wait to be written down: porchlight words\n')
      print(terminal, json === true, {
        data: { household: daemon.household, name: daemon.name, home: loaded.settings.home, ...(words && { words }) },
        text: `${daemon.name} is household ${daemon.household}\nin ${loaded.settings.home}. Run it: porchlight start`,
      })
    })
}
