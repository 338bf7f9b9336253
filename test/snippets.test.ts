import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../scripts/workspaces.mjs'
import { sourceFlags } from './harness/source-flags.ts'
import { pages } from './markdown-pages.ts'
import { commandFault, curlFault, faultOfCommand, npmFault } from './snippets-of-commands.ts'
import { commandsOf, inlineCommands, markFaults, promisedOutput, snippetsOf, type Snippet } from './snippets.ts'

const all = pages()
const snippets = all.flatMap(snippetsOf)
const of = (language: Snippet['language'], ...marks: readonly Snippet['mark'][]): Snippet[] =>
  snippets.filter((snippet) => snippet.language === language && marks.includes(snippet.mark))
const run = promisify(execFile)

/** Below the repository, so that its packages are found. */
let dir = ''
beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  dir = mkdtempSync(join(root, '.cache/snippets-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('every block of TypeScript, shell or Python says what is done with it, or why nothing is', () => {
  expect(markFaults(snippets)).toEqual([])
})

/** What the compiler says, as `docs/api.md:17+3: message`. */
function complaints(blocks: readonly Snippet[]): string[] {
  const files = blocks.map(({ code }, n) => {
    const file = join(dir, `snippet-${n}.ts`)
    writeFileSync(file, `${code}\nexport {}\n`)
    return file
  })
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => readFileSync(path, 'utf8'))
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root)
  const program = ts.createProgram(files, { ...options, noEmit: true })
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const at = files.indexOf(file?.fileName ?? '')
    const line = file ? file.getLineAndCharacterOfPosition(start).line : 0
    return `${blocks[at]?.at ?? file?.fileName ?? ''}+${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

test('TypeScript in the documentation compiles as strictly as the sources', { timeout: 120_000 }, () => {
  expect(complaints(of('ts', 'run', 'compile'))).toEqual([])
})

test('the compiler finds a misspelt name in a block', { timeout: 120_000 }, () => {
  const block: Snippet = {
    at: 'a.md:1',
    language: 'ts',
    mark: 'compile',
    reason: '',
    code: "import { limts } from '@porchlight/core'\nlimts",
  }
  expect(complaints([block])).toEqual([expect.stringContaining('a.md:1+0:')])
})

const programs = { ts: [process.execPath, ...sourceFlags], py: ['python3'], sh: ['bash', '-eu'] } as const
const running = [...of('ts', 'run'), ...of('py', 'run'), ...of('sh', 'run')]

/** Runs one block by itself in an empty directory. @returns the lines that it printed */
async function printedBy({ language, code }: Pick<Snippet, 'language' | 'code'>): Promise<string[]> {
  const file = join(dir, `run-${Math.random().toString(36).slice(2)}.${language}`)
  writeFileSync(file, code)
  const cwd = mkdtempSync(join(tmpdir(), 'porchlight-snippet-'))
  const [program, ...flags] = programs[language]
  try {
    const { stdout } = await run(program, [...flags, file], { cwd, timeout: 60_000 })
    return stdout.trimEnd().split('\n')
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

test.skipIf(running.length === 0).each(running)('$at runs and prints what it says', { timeout: 90_000 }, async (snippet) => {
  const promised = promisedOutput(snippet.code)
  const printed = await printedBy(snippet)
  if (promised.length > 0) expect(printed).toEqual(promised)
})

test('commands in shell blocks exist, with these options and arguments', () => {
  const faults = of('sh', 'check').flatMap(({ at, code }) =>
    commandsOf(code).flatMap((words) => {
      const fault = faultOfCommand(words)
      return fault === undefined ? [] : [`${at}: ${fault}`]
    }),
  )
  expect(faults).toEqual([])
})

test('commands in the prose of a page exist, with these options', () => {
  const faults = all
    .filter(({ path }) => !path.startsWith('docs/adr/'))
    .flatMap((page) =>
      inlineCommands(page).flatMap((words) => {
        const fault = commandFault(words, false)
        return fault === undefined ? [] : [`${page.path}: ${fault}`]
      }),
    )
  expect(faults).toEqual([])
})

describe('the rules find what they look for', () => {
  const block = (info: string, code: string): Snippet[] => snippetsOf({ path: 'a.md', text: `x\n\n\`\`\`${info}\n${code}\n\`\`\`\n` })

  test.each(['ts', 'bash', 'python', 'ts check', 'sh no-run'])('a block that begins with %s is a fault', (info) => {
    expect(markFaults(block(info, 'x'))).toHaveLength(1)
  })

  test.each(['ts run', 'ts compile', 'sh check', 'py run', 'sh no-run it needs root', 'json', 'text'])(
    'a block that begins with %s is none',
    (info) => {
      expect(markFaults(block(info, 'x'))).toEqual([])
    },
  )

  test('what a block promises is what it has to print', async () => {
    const [good] = block('sh run', 'echo one # → one\necho two # → two')
    expect(promisedOutput(good!.code)).toEqual(['one', 'two'])
    expect(await printedBy(good!)).toEqual(['one', 'two'])
    await expect(printedBy({ language: 'sh', code: 'echo one\nfalse\necho two' })).rejects.toThrow()
  })

  test.each([
    ['porchlight shar x --as y --with z', 'no command shar'],
    ['porchlight share http://localhost:1 --as y --wiht z', 'no option --wiht'],
    ['porchlight revoke', 'missing'],
    ['porchlight revoke a b c d', 'too many'],
    ['npm run no-such-script', 'no script'],
    ['curl http://127.0.0.1:1/v1/no-such-thing', 'no GET'],
    ['frobnicate', 'mark the block'],
  ])('%s', (line, says) => {
    expect(commandsOf(line).map(faultOfCommand)).toEqual([expect.stringContaining(says)])
  })

  test('commands as they should be', () => {
    expect(commandFault(['porchlight', 'revoke'], false)).toBeUndefined()
    expect(commandFault(['porchlight', 'revoke', 'ID'], true)).toBeUndefined()
    expect(npmFault(['npm', 'test'])).toBeUndefined()
    expect(curlFault(['curl', '--unix-socket', 'run/api.sock', 'http://porchlight/v1/contacts'])).toBeUndefined()
    expect(curlFault(['curl', 'https://example.org/'])).toBeUndefined()
    expect(commandsOf('a "b c" \'d e\' # not this\nf | g && h \\\n  i')).toEqual([['a', 'b c', 'd e'], ['f'], ['g'], ['h', 'i']])
  })
})
