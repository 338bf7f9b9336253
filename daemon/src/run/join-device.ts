import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createNode, joinHousehold, type Joined } from '@porchlight/node'
import type { Terminal } from '../cli/terminal.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { lockHome } from '../state/daemon-lock.ts'
import { prepareHome } from '../state/home.ts'
import { passphraseOf } from './daemon.ts'

/** How long the first reading of what the household knows may take; it goes on at the next start. */
const firstReadMs = 60_000

/**
 * Makes this machine's directory one of a household, and reads what the household knows before it says so.
 *
 * @throws as `joinHousehold`, and `SETTING_INVALID` while a daemon runs on the directory
 */
export async function joinDevice({
  link,
  flags,
  terminal,
}: {
  link: string
  flags: Record<string, unknown>
  terminal: Terminal
}): Promise<Joined & { readonly synced: boolean }> {
  const { settings } = loadSettings({ flags: { home: flags['home'] }, environment: terminal.environment })
  prepareHome(settings.home)
  // Held only while it is looked at: joining may move the directory.
  lockHome(settings.home)[Symbol.dispose]()
  const passphrase = passphraseOf((flags['passphraseFile'] as string | undefined) ?? settings.passphraseFile)
  const joined = await joinHousehold({ dir: settings.home, link, nowMs: terminal.nowMs, ...passphrase })
  if (joined.setAside !== null) await keepSettings(joined.setAside, settings.home)
  await using node = await createNode({ dir: settings.home, listen: [], mdns: settings.mdns, ...passphrase })
  const late = new Promise<false>((resolve) => void setTimeout(() => resolve(false), firstReadMs).unref())
  const synced = await Promise.race([node.synced().then(() => true), late])
  if (!synced) terminal.say('The other device could not be read to the end yet; that goes on when Porchlight runs.\n')
  return { ...joined, synced }
}

/** Settings are this machine's, whichever household it speaks for. */
async function keepSettings(from: string, to: string): Promise<void> {
  await copyFile(join(from, 'config.yaml'), join(to, 'config.yaml')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
