import { get } from 'node:http'
import { asPorchlightError, limits } from '@porchlight/core'
import type { HouseholdNode, NodeOptions } from '@porchlight/node'
import { exitCodes } from '../cli/exit-codes.ts'
import type { Terminal } from '../cli/terminal.ts'
import type { LoadedSettings } from '../settings/load-settings.ts'
import { explainStart, startDaemon, type RunningDaemon } from './daemon.ts'
import { makeLog, type Log } from './log.ts'
import { serviceManager, systemdNotify } from './service-manager.ts'

export interface ForegroundOptions {
  readonly loaded: LoadedSettings
  readonly terminal: Terminal
  readonly createNode: (options: NodeOptions) => Promise<HouseholdNode>
  readonly json: boolean
}

function welcome(daemon: RunningDaemon): string {
  const lines = [
    `${daemon.name} is on.`,
    `  household  ${daemon.household}`,
    `  page, API  ${daemon.setupUrl ?? daemon.apiUrl}`,
    ...(daemon.setupUrl === undefined ? [] : ['             (this link lets one browser in, once; for another: porchlight open)']),
    `  gateway    ${daemon.gatewayUrl}`,
  ]
  if (daemon.recoveryWordsPending) lines.push('', 'The recovery words wait to be written down: porchlight words')
  return `${lines.join('\n')}\n`
}

/** The first SIGINT or SIGTERM; the second ends the process at once. */
function stopSignal(log: Log): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let told = false
    const stop = (signal: NodeJS.Signals) => {
      if (told) process.exit(exitCodes.interrupted)
      told = true
      log('daemon.stopping', { signal })
      resolve(signal)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

/** What nobody caught leaves the process in a state that nobody planned: say so and end. The ledger is written so that this loses nothing. */
function endOnCrash(log: Log): void {
  const crash = (kind: string) => (error: unknown) => {
    log('daemon.crashed', { kind, because: String(error), stack: error instanceof Error ? error.stack : undefined })
    process.exit(exitCodes.crashed)
  }
  process.on('uncaughtException', crash('exception'))
  process.on('unhandledRejection', crash('rejection'))
}

/** Asks the daemon over its own socket, as any program would. */
const answersItself = (socketPath: string, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path: '/livez', host: 'localhost', agent: false, signal }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    }).on('error', reject)
  })

async function stopWithin(daemon: RunningDaemon, log: Log): Promise<void> {
  const timer = setTimeout(() => {
    log('daemon.stop-gave-up', { afterMs: limits.shutdownMs })
    process.exit(exitCodes.ok)
  }, limits.shutdownMs)
  try {
    await daemon[Symbol.asyncDispose]()
  } catch (error) {
    log('daemon.stop.failed', { because: String(error) })
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs the daemon until it is told to stop.
 *
 * @returns the exit code
 */
export async function runUntilStopped({ loaded, terminal, createNode, json }: ForegroundOptions): Promise<number> {
  const log = makeLog(loaded.settings, terminal.say)
  endOnCrash(log)
  const stopped = stopSignal(log)
  let daemon: RunningDaemon
  try {
    daemon = await startDaemon({ loaded, environment: terminal.environment, createNode, log, nowMs: terminal.nowMs })
  } catch (thrown) {
    const error = asPorchlightError(explainStart(thrown))
    log('daemon.start.failed', {
      code: error.code,
      reason: error.reason,
      stack: error.code === 'INTERNAL' && error.reason === undefined ? error.stack : undefined,
    })
    throw error
  }
  const { household, name, apiUrl, gatewayUrl, socketPath, setupUrl } = daemon
  log('daemon.started', { household, api: apiUrl, gateway: gatewayUrl, pid: process.pid })
  if (json)
    terminal.out(`${JSON.stringify({ v: 1, data: { household, name, apiUrl, gatewayUrl, socketPath, setupUrl: setupUrl ?? null } })}\n`)
  else terminal.out(welcome(daemon))
  using manager = serviceManager({
    environment: terminal.environment,
    pid: process.pid,
    notify: systemdNotify,
    isWell: (signal) => answersItself(socketPath, signal),
    log,
  })
  await manager.ready(`page and API at ${apiUrl}`)
  await stopped
  await manager.stopping()
  await stopWithin(daemon, log)
  log('daemon.stopped')
  return exitCodes.ok
}
