import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'

const module = JSON.stringify(new URL('written.ts', import.meta.url).href)
const bytes = 4 << 20

/** Bytes that a reader gets who looks a little later, from a program that writes a lot and exits at once. */
async function received(last: string): Promise<number> {
  const program = `const { written } = await import(${module}); process.stdout.write('x'.repeat(${bytes})); ${last}; process.exit(0)`
  const child = spawn(process.execPath, ['--experimental-transform-types', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise((resolve) => void setTimeout(resolve, 300))
  let count = 0
  for await (const chunk of child.stdout) count += (chunk as Buffer).byteLength
  return count
}

test('a long answer reaches a slow reader whole before the process exits', async () => {
  expect(await received('await written(process.stdout)')).toBe(bytes)
  // What it is there for: without it the answer is cut off, and the exit code still says that all went well.
  expect(await received('')).toBeLessThan(bytes)
})
