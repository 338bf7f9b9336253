import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PorchlightError } from '@porchlight/core'

/** When a process began, in kernel ticks, so that a reused pid is not taken for it (proc(5), field 22). `''` where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isRunning(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return start === '' || startOf(pid) === '' || startOf(pid) === start
}

/** The pid of the daemon that holds a state directory, if one does. */
export function runningDaemon(home: string): number | undefined {
  let text: string
  try {
    text = readFileSync(join(home, 'run/daemon.pid'), 'utf8')
  } catch {
    return undefined
  }
  const [pid = '', start = ''] = text.trim().split(' ')
  return /^\d+$/.test(pid) && isRunning(Number(pid), start) ? Number(pid) : undefined
}

/**
 * Takes the state directory for this process. What a crashed daemon left behind is recognised and replaced; the database's own lock
 * stands behind this one, which exists to name the pid.
 *
 * @throws `SETTING_INVALID` with reason `already-running`, naming the pid
 */
export function lockHome(home: string): Disposable {
  const file = join(home, 'run/daemon.pid')
  const mine = `${file}.${process.pid}`
  const text = `${process.pid} ${startOf(process.pid)}\n`
  writeFileSync(mine, text, { mode: 0o600 })
  try {
    for (let tries = 2; ; tries--) {
      const other = runningDaemon(home)
      if (other !== undefined) {
        throw new PorchlightError(
          'SETTING_INVALID',
          `process ${other} already runs on ${home}: stop it first (kill ${other}), or choose another directory with PORCHLIGHT_HOME`,
          { reason: 'already-running' },
        )
      }
      try {
        linkSync(mine, file)
        break
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries === 0) throw error
        rmSync(file, { force: true })
      }
    }
  } finally {
    rmSync(mine, { force: true })
  }
  return {
    [Symbol.dispose]: () => {
      if (runningDaemon(home) === process.pid) rmSync(file, { force: true })
    },
  }
}
