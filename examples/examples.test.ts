import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const sourceFlags = ['--conditions=@porchlight/source', '--experimental-transform-types', '--disable-warning=ExperimentalWarning']
const printed = {
  'hello.ts': ['CONSENT_REQUIRED', 'ACTIVE', 'Hello Ana, the light is on for ana.', 'CONSENT_REQUIRED'],
  'own-protocol.ts': [
    'may: look, water',
    'roses: 50 %',
    'roses: 49 %',
    'no such bed: true',
    '{"beds":{"kind":"query","scope":"look"},"water":{"kind":"procedure","scope":"water"},"moisture":{"kind":"subscription","scope":"look"}}',
  ],
  'shopping-list.ts': ['both: 1 milk, 2 bread', 'ana: 1 milk, 2 bread, 3 wine', 'ben: 2 bread, 6 eggs', 'both: 2 bread, 3 wine, 6 eggs'],
  'embedded-node.ts': [
    'both screens show the same 12 words: true',
    'ana asks to see whether you are at home: ana · door: A greeting at the door',
    'granted: greet at door',
    'Hello Ana, ana of ours.',
    'stopped: REVOKED',
    'true',
  ],
}

for (const [name, lines] of Object.entries(printed)) {
  const file = fileURLToPath(new URL(name, import.meta.url))

  test(`${name} is at most 60 lines and prints what it promises`, async () => {
    expect(readFileSync(file, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(60)
    const { stdout } = await run(process.execPath, [...sourceFlags, file])
    expect(stdout.trim().split('\n')).toEqual(lines)
  })
}
