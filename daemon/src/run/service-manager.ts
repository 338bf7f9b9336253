import { execFile } from 'node:child_process'
import { limits } from '@porchlight/core'
import type { Log } from './log.ts'

export interface ServiceManagerOptions {
  /** `NOTIFY_SOCKET`, and `WATCHDOG_USEC` with `WATCHDOG_PID`, as systemd sets them (sd_notify(3), sd_watchdog_enabled(3)). */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly pid: number
  /** Says assignments such as `READY=1` to the service manager. */
  readonly notify: (...assignments: string[]) => Promise<void>
  /** Whether the daemon answers, looked at before each sign of life; a rejection is a no. */
  readonly isWell: (signal: AbortSignal) => Promise<boolean>
  readonly log: Log
}

export interface ServiceManager extends Disposable {
  /** The daemon is up; signs of life begin. */
  ready(status: string): Promise<void>
  stopping(): Promise<void>
}

/** Milliseconds within which systemd wants to hear from this process, if it does. */
function watchdogMs({ WATCHDOG_USEC: usec, WATCHDOG_PID: forPid }: ServiceManagerOptions['environment'], pid: number): number | undefined {
  if (usec === undefined || !/^[1-9]\d{0,15}$/.test(usec) || (forPid !== undefined && forPid !== String(pid))) return undefined
  return Number(usec) / 1000
}

/**
 * Tells systemd that the daemon is up, alive and stopping. A sign of life goes out at least twice in the time that systemd allows, and only when
 * the daemon has just answered a request on its own socket, and no turn of its event loop has lasted as long as a request may: a timer alone would
 * still fire in a loop that comes to nothing else.
 * Without `NOTIFY_SOCKET` it does nothing.
 */
export function serviceManager(options: ServiceManagerOptions): ServiceManager {
  const { environment, pid, notify, isWell, log } = options
  const isManaged = (environment['NOTIFY_SOCKET'] ?? '') !== ''
  const over = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const say = async (...assignments: string[]): Promise<void> => {
    if (!isManaged) return
    try {
      await notify(...assignments)
    } catch (error) {
      log('daemon.notify.failed', { assignments, because: String(error) })
    }
  }
  const sign = async (everyMs: number, dueMs: number): Promise<void> => {
    // Between two long turns of the loop a request may be lucky. A timer that comes so late says that it had to be.
    const isHeld = performance.now() - dueMs > everyMs
    const well = !isHeld && (await isWell(AbortSignal.any([over.signal, AbortSignal.timeout(everyMs)])).catch(() => false))
    if (over.signal.aborted) return
    if (well) await say('WATCHDOG=1')
    else log('daemon.answer.failed', { withinMs: Math.round(everyMs) })
    if (over.signal.aborted) return
    const nextMs = performance.now() + everyMs
    timer = setTimeout(() => void sign(everyMs, nextMs), everyMs)
  }
  return {
    async ready(status) {
      await say('READY=1', `STATUS=${status}`)
      const withinMs = watchdogMs(environment, pid)
      // Waiting, then asking for as long at most: two rounds fit, so one bad round is forgiven.
      if (isManaged && withinMs !== undefined) void sign(Math.max(limits.signOfLifeLeastMs, withinMs / 4), performance.now())
    },
    async stopping() {
      over.abort()
      clearTimeout(timer)
      await say('STOPPING=1')
    },
    [Symbol.dispose]() {
      over.abort()
      clearTimeout(timer)
    },
  }
}

/**
 * By way of systemd's own `systemd-notify`: its socket is a datagram socket, which Node cannot open. The unit says `NotifyAccess=all`,
 * because the message comes from a child.
 */
export const systemdNotify = (...assignments: string[]): Promise<void> =>
  new Promise((resolve, reject) =>
    execFile('systemd-notify', assignments, { timeout: limits.signOfLifeSayMs }, (error) => {
      if (error instanceof Error) reject(error)
      else resolve()
    }),
  )
