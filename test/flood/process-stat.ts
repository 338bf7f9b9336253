import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What a process uses, as the kernel counts it. */
export interface ProcessStat {
  /** Seconds of CPU since its start, user and system. */
  readonly cpuSeconds: number
  readonly rssMB: number
  readonly openFiles: number
  /** Bytes that its files take. */
  readonly diskMB: number
}

/** Ticks of `utime` and `stime` in /proc/PID/stat, a second; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

function bytesBelow(dir: string): number {
  return readdirSync(dir, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return sum + bytesBelow(path)
    return sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0)
  }, 0)
}

/** @param dir  where the process keeps its files */
export function processStat(pid: number, dir: string): ProcessStat {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  const rssKB = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssMB: Math.round((rssKB * 1024) / 1e6),
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
    diskMB: Math.round(bytesBelow(dir) / 1e5) / 10,
  }
}
