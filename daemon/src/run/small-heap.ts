import { setFlagsFromString } from 'node:v8'

/**
 * Tells V8 to keep the heap near what is in use instead of growing it into whatever memory the machine has: memory that a neighbour app needs
 * is worth more here than speed. docs/measurements.md has what it costs and saves. To be called before the heap has grown, so before the
 * node is loaded.
 */
export const keepHeapSmall = (): void => {
  setFlagsFromString('--heap-growing-percent=0')
  setFlagsFromString('--optimize-for-size')
}

/**
 * The other way, for a while: V8 may take half as much again as what is in use before it collects everything, and keeps the code that it compiled.
 * V8 asks for both flags whenever it decides about the heap, so that `keepHeapSmall` ends it.
 */
export const letHeapGrow = (): void => {
  setFlagsFromString('--heap-growing-percent=50')
  setFlagsFromString('--no-optimize-for-size')
}

/** What a program has to be started with to count: glibc gives each thread memory of its own, and keeps what was freed there. */
const environment = { MALLOC_ARENA_MAX: '1' }

/**
 * Half of the young generation is empty at any time; this is its most, in MiB. It shrinks by itself when little happens, and has to hold what
 * many calls at once have under way: what outlives it is collected with all the rest only, which is dear.
 */
const flags = ['--max-semi-space-size=4']

/** What `startAgainSmall` needs of the process; a test gives its own. */
export type Startable = Pick<NodeJS.Process, 'platform' | 'env' | 'execPath' | 'execArgv' | 'argv' | 'execve'>

/**
 * Starts this program again in the place of itself, with the same process id, where that saves memory and can be done: on Linux, with a Node
 * that has `execve`. Does nothing in the process that was started so, or when somebody chose `MALLOC_ARENA_MAX` already.
 */
export function startAgainSmall(program: Startable): void {
  if (program.platform !== 'linux' || program.execve === undefined || program.env['MALLOC_ARENA_MAX'] !== undefined) return
  const args = [program.execPath, ...program.execArgv, ...flags, ...program.argv.slice(1)]
  program.execve(program.execPath, args, { ...program.env, ...environment })
}
