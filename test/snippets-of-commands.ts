import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Runner } from '../daemon/src/cli/command-line.ts'
import { makeProgram } from '../daemon/src/cli/run-cli.ts'
import { realTerminal } from '../daemon/src/cli/terminal.ts'
import { root } from '../scripts/workspaces.mjs'

interface Parsing {
  readonly commands: readonly Parsing[]
  readonly registeredArguments: readonly { readonly required: boolean; readonly variadic: boolean }[]
  readonly options: readonly unknown[]
  name(): string
  parseOptions(words: string[]): { operands: string[]; unknown: string[] }
  exitOverride(): Parsing
  configureOutput(output: object): Parsing
}

/**
 * What is wrong with a command of Porchlight, without running it: a command, an option or an argument that does not exist.
 *
 * @param words     `['porchlight', 'share', …]`
 * @param isWhole   false for a command in prose, which may leave arguments out
 * @returns         `undefined` when nothing is
 */
export function commandFault(words: readonly string[], isWhole: boolean): string | undefined {
  const line = words.join(' ')
  let command = makeProgram(new Runner(realTerminal())) as unknown as Parsing
  let rest = words.slice(1)
  for (;;) {
    const below = command.commands.find((each) => each.name() === rest[0])
    if (below === undefined) break
    command = below
    rest = rest.slice(1)
  }
  if (command.name() === 'porchlight' && !/^(--help|--version|-V|-h)$/.test(rest[0] ?? '--help'))
    return `${line}: there is no command ${rest[0]}`
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} })
  const given = rest.filter((word, at) => !/^(--help|-h)$/.test(word) && !(/^(…|\.\.\.)$/.test(word) && !rest[at - 1]?.startsWith('--')))
  let parsed
  try {
    parsed = command.parseOptions(given)
  } catch (error) {
    return `${line}: ${error instanceof Error ? error.message : String(error)}`
  }
  const [unknown] = parsed.unknown
  if (unknown !== undefined) return `${line}: there is no option ${unknown}`
  const taken = command.registeredArguments
  const most = taken.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : taken.length
  if (parsed.operands.length > most) return `${line}: too many arguments, or no such command`
  const isShort = parsed.operands.length < taken.filter(({ required }) => required).length
  return isWhole && isShort && rest.length === given.length ? `${line}: an argument is missing` : undefined
}

const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts

/** What is wrong with an npm command: a script that does not exist. */
export function npmFault(words: readonly string[]): string | undefined {
  const script = words[1] === 'run' ? words[2] : words[1]
  if (['install', 'pack', 'exec', 'init', undefined].includes(script)) return undefined
  return Object.hasOwn(scripts, script!) ? undefined : `${words.join(' ')}: there is no script ${script}`
}

const openapi = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as { paths: Record<string, Record<string, unknown>> }

/** What is wrong with a request to the local API by curl: an operation that does not exist. Other requests are none of its business. */
export function curlFault(words: readonly string[]): string | undefined {
  const path = words.map((word) => /^https?:\/\/[^/]+(\/v1\/[^?]*)/.exec(word)?.[1]).find((found) => found !== undefined)
  if (path === undefined) return undefined
  const named = words[words.findIndex((word) => word === '-X' || word === '--request') + 1]
  const sends = words.some((word) => /^(-d|--data|--data-binary|--data-raw|--json)$/.test(word))
  const method = (words.some((word) => word === '-X' || word === '--request') ? named! : sends ? 'POST' : 'GET').toLowerCase()
  const parts = path.split('/')
  const exists = Object.entries(openapi.paths).some(([template, operations]) => {
    const wanted = template.split('/')
    return method in operations && wanted.length === parts.length && wanted.every((part, at) => part.startsWith('{') || part === parts[at])
  })
  return exists ? undefined : `${words.join(' ')}: docs/openapi.json has no ${method.toUpperCase()} ${path}`
}

/** Commands of other programs whose use here needs no check. */
const others = new Set(['cd', 'git', 'export', 'echo', 'cat', 'mkdir', 'cp', 'age', 'tar', 'jq', 'head', 'sleep'])

/** What is wrong with one command of a block that is marked `check`. */
export function faultOfCommand(words: readonly string[]): string | undefined {
  const given = words[0] === 'npx' && words[1] === 'porchlight' ? words.slice(1) : words
  switch (given[0]) {
    case 'porchlight':
      return commandFault(given, true)
    case 'npm':
      return npmFault(given)
    case 'curl':
      return curlFault(given)
    default:
      return others.has(given[0] ?? '')
        ? undefined
        : `${words.join(' ')}: a check knows porchlight, npm and curl; mark the block run or no-run`
  }
}
