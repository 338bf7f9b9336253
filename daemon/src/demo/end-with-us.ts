import type { ChildProcess } from 'node:child_process'

/** Ends a child when this process ends, however it ends short of a kill: the demo leaves nothing running behind it. */
export function endWithUs(child: ChildProcess): void {
  const end = () => void child.kill('SIGTERM')
  process.once('exit', end)
  child.once('exit', () => process.removeListener('exit', end))
}
