import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appTarget, checkFolder, conform, conformText, readFolder, type ConformReport } from '@porchlight/kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'
import { runCommand } from './run-command.ts'

const program = join(root, 'examples/python/wrong_greeting.py')
const secret = 'a secret of at least sixteen characters'
let dir: string
let folder: ReturnType<typeof checkFolder>

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-wrong-'))
  await runCommand('protocol', 'new', 'greeting', join(dir, 'greeting'))
  folder = checkFolder(readFolder(join(dir, 'greeting')))
})
afterAll(() => rm(dir, { recursive: true }))

/** Runs the cases of the scaffold against the Python server with one fault. */
async function judge(fault: string): Promise<ConformReport> {
  const child: ChildProcess = spawn('/usr/bin/python3', ['-E', '-s', '-B', program, '--fault', fault], {
    env: { ...process.env, WRONG_SECRET: secret },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    const [address] = (await once(child.stdout!, 'data')) as [Buffer]
    await using target = appTarget(address.toString().trim(), { secret })
    return await conform(folder, target)
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
}

/** Each fault with the requirements that it breaks. */
const faults: Record<string, string[]> = {
  'another-text': ['N1'],
  'another-field': ['N1'],
  'text-alone': ['N1'],
  'no-answer': ['N1'],
  'half-an-answer': ['N1'],
  'a-list': ['N1'],
  'a-number': ['N1'],
  'name-in-capitals': ['N1'],
  'no-limit': ['N2'],
  'limit-of-bytes-of-the-payload': ['N2'],
  'any-type': ['N2'],
  'no-name-is-somebody': ['N2'],
  'cut-off-is-somebody': ['N2'],
  'nothing-is-somebody': ['N2'],
  'mends-what-is-cut': ['N2'],
  'empty-name-is-welcome': ['N3'],
  'empty-name-is-refused': ['N3'],
  'another-word': ['N3'],
  'denied-for-bad': ['N2'],
  'too-large-for-bad': ['N2'],
  'app-for-bad': ['N2'],
  'a-code-of-its-own': ['N2'],
  'denies-all': ['N1', 'N2', 'N3'],
  busy: ['N1', 'N2', 'N3'],
  'a-stack': ['N2', 'N3'],
}

describe('a server in Python, judged by the conformance runner', () => {
  test('that is right passes every case', async () => {
    const report = await judge('none')
    expect(report.broken, conformText(report)).toEqual([])
    expect([report.failed, report.notRun]).toEqual([0, 0])
  })

  test.each(Object.entries(faults))('with the fault %s is told that it breaks %s', async (fault, requirements) => {
    const { broken } = await judge(fault)
    const ids = broken.map(({ id }) => id)
    // A case may cite more than one requirement, so more may be named.
    expect(ids).toEqual(expect.arrayContaining(requirements))
  })
})
