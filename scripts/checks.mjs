// Runs a list of checks, says one line for each, shows the output of those that fail, and goes on to the end.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './workspaces.mjs'

/**
 * @param {{ name: string, run: string[] | (() => string[]) }[]} checks  a command line, or a function that returns one sentence per problem
 * @returns {number}  how many failed
 */
export function runChecks(checks) {
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` }
  let failed = 0
  for (const { name, run } of checks) {
    const started = Date.now()
    const problems = typeof run === 'function' ? run() : complaintsOf(run, env)
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
    for (const problem of problems) console.log(problem)
    if (problems.length > 0) failed += 1
  }
  return failed
}

function complaintsOf([program, ...args], env) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (status === 0) return []
  return [[error?.message, stdout, stderr].filter(Boolean).join('\n') || `${program} ended with ${status}`]
}
