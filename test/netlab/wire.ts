import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Namespaces } from '../harness/namespaces.ts'
import { needs } from '../harness/needs.ts'

/** One end of a wire: an interface, which does not exist yet, of a machine. */
export interface WireEnd {
  readonly machine: string
  readonly interface: string
}

/** What a wire does to frames, each way. */
export interface WireQuality {
  readonly delayMs: number
  readonly lossPercent: number
  /** The same seed loses the same frames. */
  readonly seed: number
}

/**
 * Joins two machines. Without delay and loss by a veth pair, otherwise by `delayer.c`; both interfaces are up afterwards.
 * The wire goes with the machines.
 */
export async function joinByWire(spaces: Namespaces, one: WireEnd, other: WireEnd, quality?: WireQuality): Promise<void> {
  if (quality === undefined || (quality.delayMs === 0 && quality.lossPercent === 0))
    spaces.ip(
      one.machine,
      'link',
      'add',
      'name',
      one.interface,
      'type',
      'veth',
      'peer',
      'name',
      other.interface,
      'netns',
      spaces.name(other.machine),
    )
  else await startDelayer(spaces, one, other, quality)
  for (const end of [one, other]) spaces.ip(end.machine, 'link', 'set', end.interface, 'up')
}

async function startDelayer(spaces: Namespaces, one: WireEnd, other: WireEnd, quality: WireQuality): Promise<void> {
  const ends = [one, other].flatMap((end) => [spaces.name(end.machine), end.interface])
  const child = spawn(delayer(), [...ends, String(quality.delayMs), String(quality.lossPercent), String(quality.seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // The process is found in its second namespace and ended with it; a test runner need not wait for it.
  child.unref()
  const ready = await Promise.race([once(child.stdout, 'data').then(() => true), once(child, 'exit').then(() => false)])
  if (!ready) throw new Error(`the delayer between ${one.machine} and ${other.machine} ended at once`)
  child.stdout.destroy()
}

/** The program, compiled when its source is new. @returns its path */
function delayer(): string {
  needs({ '/usr/bin/gcc': 'apt install gcc', '/usr/include/stdio.h': 'apt install libc6-dev', '/dev/net/tun': 'modprobe tun' })
  const source = fileURLToPath(new URL('delayer.c', import.meta.url))
  const folder = fileURLToPath(new URL('../../node_modules/.cache/netlab', import.meta.url))
  const program = join(folder, `delayer-${createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16)}`)
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true })
    const fresh = `${program}-${process.pid}`
    execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-o', fresh, source], { stdio: ['ignore', 'inherit', 'inherit'] })
    renameSync(fresh, program)
  }
  return program
}
