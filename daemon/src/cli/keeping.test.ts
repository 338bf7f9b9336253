import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode } from '@porchlight/node'
import { expect, it } from 'vitest'
import { runCli } from './run-cli.ts'
import type { Terminal } from './terminal.ts'

/** A person who types what is hidden; a question that shows the answer fails. */
const terminalOf = (hidden?: string): Terminal & { readonly text: string[] } => {
  const text: string[] = []
  return {
    text,
    environment: {},
    out: (line) => void text.push(line),
    say: (line) => void text.push(line),
    isInteractive: hidden !== undefined,
    nowMs: Date.now,
    confirm: async () => true,
    ask: async (question) => Promise.reject(new Error(`shown on the screen: ${question}`)),
    askHidden: async () => hidden!,
  }
}

it('restore takes a secret that is typed unseen, or the first line of a file', { timeout: 60_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'porchlight-keeping-'))
  const node = await createNode({ dir: join(dir, 'home'), listen: [], mdns: false })
  const words = (await node.takeRecoveryWords())!.words.join(' ')
  await node.backup({ path: join(dir, 'words.age') })
  await node.backup({ path: join(dir, 'phrase.age'), passphrase: ' open sesame' })
  await node[Symbol.asyncDispose]()
  await writeFile(join(dir, 'phrase'), ' open sesame\r\nwhat it is for\n')

  const restore = async (terminal: Terminal, home: string, ...rest: string[]) =>
    await runCli(['restore', '--home', join(dir, home), ...rest], terminal)
  expect(await restore(terminalOf(words), 'one', join(dir, 'words.age'))).toBe(0)
  expect(await restore(terminalOf(), 'two', join(dir, 'phrase.age'), '--passphrase-file', join(dir, 'phrase'))).toBe(0)
  const nobody = terminalOf()
  expect(await restore(nobody, 'three', join(dir, 'words.age'))).toBe(64)
  expect(nobody.text.join('')).toContain('--words-file')
  await rm(dir, { recursive: true, force: true })
})
