import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Runner } from './command-line.ts'
import { exitCodes } from './exit-codes.ts'
import { makeProgram } from './run-cli.ts'
import { realTerminal } from './terminal.ts'

const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
const first = [...page.matchAll(/^\| (`[a-z].*?) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([a-z]+)/g)].map((match) => match[1]),
)
const codes = [...page.matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]))

test('docs/cli.md has every command, and none that does not exist', () => {
  const commands = makeProgram(new Runner(realTerminal())).commands.map((command) => command.name())
  const hidden = ['complete']
  expect(new Set(first)).toEqual(new Set(commands.filter((name) => !hidden.includes(name))))
})

test('docs/cli.md has every exit code, and no other', () => {
  expect(codes).toEqual(Object.values(exitCodes))
})
