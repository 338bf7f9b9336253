import { expect, test } from 'vitest'
import { startAgainSmall, type Startable } from './small-heap.ts'

/** A process as `startAgainSmall` sees it, and what it was replaced by. */
function program(changes: Partial<Startable> = {}) {
  const replacedBy: [file: string, args: readonly string[], env: NodeJS.ProcessEnv][] = []
  const execve = ((file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
    replacedBy.push([file, args, env])
  }) as unknown as Startable['execve']
  const process: Startable = {
    platform: 'linux',
    env: { HOME: '/home/ana' },
    execPath: '/bin/node',
    execArgv: ['--inspect'],
    argv: ['/bin/node', 'main.js', 'start', '--json'],
    execve,
    ...changes,
  }
  return { process, replacedBy }
}

test('the household starts again with its own flags and arguments, and with less memory', () => {
  const { process, replacedBy } = program()
  startAgainSmall(process)
  const args = ['/bin/node', '--inspect', '--max-semi-space-size=4', 'main.js', 'start', '--json']
  expect(replacedBy).toEqual([['/bin/node', args, { HOME: '/home/ana', MALLOC_ARENA_MAX: '1' }]])
})

test.each([
  ['that was started so already', { env: { MALLOC_ARENA_MAX: '1' } }],
  ['whose owner chose the arenas', { env: { MALLOC_ARENA_MAX: '4' } }],
  ['on another system', { platform: 'darwin' as const }],
  ['of a Node without execve', { execve: undefined }],
])('a process %s goes on as it is', (_, changes) => {
  const { process, replacedBy } = program(changes)
  expect(() => startAgainSmall(process)).not.toThrow()
  expect(replacedBy).toEqual([])
})
