import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'

const protocols = join(root, 'protocols')
const dir = mkdtempSync(join(tmpdir(), 'porchlight-vectors-'))
const words = join(dir, 'words.txt')
beforeAll(async () => {
  // A dependency of packages/identity, and of nothing else here.
  const english = createRequire(join(root, 'packages/identity/package.json')).resolve('@scure/bip39/wordlists/english.js')
  const { wordlist } = (await import(english)) as { wordlist: readonly string[] }
  writeFileSync(words, wordlist.join('\n'))
})
afterAll(() => rmSync(dir, { recursive: true }))

/** Debian's own Python, with nothing installed for it. */
const read = (from: string, ...more: string[]) =>
  spawnSync('/usr/bin/python3', ['-E', '-s', '-B', join(root, 'examples/python/verify/vectors.py'), from, ...more], { encoding: 'utf8' })

test('another language reads every vector as we do, with nothing but the specifications', () => {
  const { status, stdout, stderr } = read(protocols, '--words', words)
  expect({ status, stderr, stdout }).toEqual({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^17\d\d right, 0 wrong, not looked at: share \(rules for HTTP headers\)\n$/),
  })
})

test('it says what it did not look at', () => {
  const strange = join(dir, 'strange')
  mkdirSync(join(strange, 'unheard/vectors'), { recursive: true })
  expect(read(strange).stdout).toBe('0 right, 0 wrong, not looked at: unheard\n')
  expect(read(protocols, 'invite', 'share').stdout).toMatch(/not looked at: share \(rules for HTTP headers\), verification words\n$/)
})

/** One change in each file; a reader that did not look would not notice. */
const changes: [path: string, from: RegExp, to: string][] = [
  ['consent/vectors/canonical.json', /"value":\{"int":"23"\}/, '"value":{"int":"22"}'],
  ['consent/vectors/objects.json', /"id":"b./, '"id":"bx'],
  ['consent/vectors/cross-type.json', /"because":"type"/, '"because":"envelope"'],
  ['consent/vectors/signed-objects.json', /"because": "schema"/, '"because": "type"'],
  ['consent/vectors/record.json', /"root": "6e/, '"root": "6f'],
  ['household/vectors/chains.json', /"frozen":\s*true/, '"frozen":false'],
  ['household/vectors/messages.json', /"04"/, '"05"'],
  ['household/vectors/siblings.json', /"ageSec": 90/, '"ageSec": 91'],
  ['invite/vectors/links.json', /"relays": \[\]/, '"relays": ["/x"]'],
  ['invite/vectors/proofs.json', /"askProof": "a/, '"askProof": "b'],
  ['invite/vectors/messages.json', /"name": "Ben"/, '"name": "Tim"'],
  ['gate/vectors/frames.json', /"deadlineMs": 30000/, '"deadlineMs": 30001'],
  ['punch/vectors/messages.json', /"type": "SYNC"/, '"type": "CONNECT"'],
  ['reach/vectors/messages.json', /"port": 4001/, '"port": 4002'],
  ['relay/vectors/messages.json', /"circuits": 3/, '"circuits": 4'],
  ['rendezvous/vectors/keys.json', /"sealing": "./, '"sealing": "z'],
  ['rendezvous/vectors/records.json', /"bytes": "0a20../, '"bytes": "0a2000'],
]

test('one thing changed in any file of vectors does not get past it', () => {
  const copy = join(dir, 'changed')
  cpSync(protocols, copy, { recursive: true, filter: (path) => !path.includes('node_modules') })
  const missed = changes.filter(([path, from, to]) => {
    const text = readFileSync(join(protocols, path), 'utf8')
    expect(from.test(text), path).toBe(true)
    writeFileSync(join(copy, path), text.replace(from, to))
    const { status } = read(copy, path.split('/')[0]!)
    writeFileSync(join(copy, path), text)
    return status !== 1
  })
  expect(missed.map(([path]) => path)).toEqual([])
})
