import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { PorchlightError } from '@porchlight/core'
import { z } from 'zod'

const remembered = z.partialRecord(z.enum(['api', 'gateway']), z.number().int().min(1).max(65535))
export type PortName = 'api' | 'gateway'

export type Warn = (event: string, fields: Readonly<Record<string, unknown>>) => void

/** Whether a port can be bound at all these addresses right now. Addresses that this machine does not have count as free. */
async function bindable(port: number, hosts: readonly string[]): Promise<number | undefined> {
  let chosen = port
  for (const host of hosts) {
    const got = await new Promise<number | 'taken' | 'absent'>((resolve) => {
      const server = createServer()
      server.once('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT' ? 'absent' : 'taken'),
      )
      server.listen({ port: chosen, host, ipv6Only: host.includes(':'), exclusive: true }, () => {
        const { port: bound } = server.address() as { port: number }
        server.close(() => resolve(bound))
      })
    })
    if (got === 'taken') return undefined
    if (got !== 'absent') chosen = got
  }
  return chosen
}

/** @throws `SETTING_INVALID` naming the port when something else listens on it */
export async function requireFree(port: number, hosts: readonly string[], setBy: string): Promise<void> {
  if ((await bindable(port, hosts)) !== undefined) return
  throw new PorchlightError(
    'SETTING_INVALID',
    `port ${port} (${setBy}) is taken by another program, or not allowed: stop it, or set another port`,
    { reason: 'port-taken' },
  )
}

/** Ports that the daemon chose itself, kept in `ports.json`, so that addresses that people bookmarked and contacts remember stay true. */
export class Ports {
  readonly #file: string
  readonly #warn: Warn
  #known: Partial<Record<PortName, number>> = {}

  constructor(home: string, warn: Warn) {
    this.#file = join(home, 'ports.json')
    this.#warn = warn
    try {
      this.#known = remembered.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
    } catch (error) {
      // A missing or broken file costs bookmarks, nothing else: choose again.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') warn('ports.unreadable', { file: this.#file })
    }
  }

  /**
   * The port to use.
   *
   * @param setting  the setting's value; 0 means remembered, else any free one
   * @param setBy    where the setting came from, for the message
   */
  async choose(name: PortName, hosts: readonly string[], setting: number, setBy = 'chosen'): Promise<number> {
    if (setting !== 0) {
      await requireFree(setting, hosts, setBy)
      return setting
    }
    const before = this.#known[name]
    if (before !== undefined && (await bindable(before, hosts)) !== undefined) return before
    for (let tries = 0; tries < 8; tries++) {
      const port = await bindable(0, hosts)
      if (port === undefined || Object.values(this.#known).includes(port)) continue
      if (before !== undefined) this.#warn('port.changed', { which: name, before, now: port, because: 'taken by another program' })
      this.#remember(name, port)
      return port
    }
    throw new PorchlightError('SETTING_INVALID', `no free port for ${name} on ${hosts.join(', ')}`, { reason: 'port-taken' })
  }

  #remember(name: PortName, port: number): void {
    this.#known = { ...this.#known, [name]: port }
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(this.#known)}\n`, { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
  }
}
