import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { limitTable } from '@porchlight/core'
import { describe, expect, test } from 'vitest'
import { filesBelow, root } from '../scripts/workspaces.mjs'
import { anchorOf, anchorsOf, deadLinks, pages, proseOf } from './markdown-pages.ts'

const all = pages()

test('every link between pages, and from a page to a file, leads to a place that exists', () => {
  expect(all.flatMap(deadLinks)).toEqual([])
})

test('every place of a specification that a source names exists', () => {
  const sources = ['packages', 'protocols', 'daemon', 'scripts', 'test']
    .flatMap(filesBelow)
    .filter((file) => /\.(ts|mjs|proto)$/.test(file))
  const dead = sources.flatMap((source) =>
    [...readFileSync(join(root, source), 'utf8').matchAll(/(protocols\/[a-z]+\/SPEC\.md)#([a-z0-9-]+)/g)].flatMap(
      ([, spec = '', anchor = '']) =>
        existsSync(join(root, spec)) && anchorsOf(readFileSync(join(root, spec), 'utf8')).has(anchor)
          ? []
          : [`${source}: ${spec}#${anchor}`],
    ),
  )
  expect(dead).toEqual([])
})

test('the threat model names every file in which an attack is played', () => {
  const played = readFileSync(join(root, 'test/hostile/attacks.test.ts'), 'utf8')
  const files = [...played.matchAll(/'((?:test|packages|daemon)\/[^']+\.test\.ts)'/g)].map(([, file = '']) => file)
  const model = readFileSync(join(root, 'docs/threat-model.md'), 'utf8')
  expect(files.length).toBeGreaterThan(20)
  expect(files.filter((file) => !model.includes(`](../${file})`))).toEqual([])
})

/** What another implementation looks for. A heading may say more after the word. */
const sections = [
  'Status',
  'Goals',
  'Non-goals',
  'Terms',
  'Messages',
  'Flow',
  'Consent text',
  'Limits',
  'Errors',
  'Security',
  'Privacy',
  'Vectors',
]
const specs = readdirSync(join(root, 'protocols')).filter((name) => existsSync(join(root, 'protocols', name, 'SPEC.md')))

/** Words in code that look like the name of a limit and are fields, codes or functions of something else. */
const unit = /^[a-z][A-Za-z]*(Bytes|Chars|Ms|PerMinute|PerContact|PerDevice|PerHost|PerPeer|PerPage|PerChain|PerHousehold|PerConnection)$/
const words = new Set(['blocks', 'contacts', 'live'])
const fields = new Set(['deadlineMs', 'atMs', 'sinceMs', 'openMs', 'carriedBytes'])

describe.each(specs)('the specification of %s', (name) => {
  const text = readFileSync(join(root, 'protocols', name, 'SPEC.md'), 'utf8')

  test('has every section that another implementation looks for', () => {
    expect(sections.filter((section) => !new RegExp(`^## ${section}\\b`, 'm').test(text))).toEqual([])
  })

  test('names no limit that does not exist', () => {
    const named = [...text.matchAll(/`([A-Za-z]+)`/g)].map(([, word = '']) => word).filter((word) => unit.test(word) && !fields.has(word))
    expect(named.filter((word) => !Object.hasOwn(limitTable, word))).toEqual([])
  })

  test('lists every limit that it names', () => {
    const listed = /^## Limits\n(.*?)(?=^## )/ms.exec(text)?.[1] ?? ''
    const named = [...text.matchAll(/`([A-Za-z]+)`/g)].map(([, word = '']) => word).filter((word) => Object.hasOwn(limitTable, word))
    expect(named.filter((word) => !words.has(word) && !listed.includes(`\`${word}\``))).toEqual([])
  })

  test('rests on no source file for what an implementer has to know', () => {
    const rules = text.slice(text.indexOf('## Goals'), text.indexOf('## Vectors'))
    expect(rules.match(/`(packages|src|daemon)\/[^`]*\.ts`/g) ?? []).toEqual([])
  })
})

describe('the rules find what they look for', () => {
  const page = (text: string): string[] => deadLinks({ path: 'docs/a.md', text })

  test.each(['[x](nowhere.md)', '[x](../README.md#no-such-heading)', '[x](#here)', '[x](../../outside.md)'])('the dead link %s', (text) => {
    expect(page(text)).toHaveLength(1)
  })

  test.each([
    '[x](../README.md)',
    '## Here\n[x](#here)',
    '<a id="here"></a>[x](#here)',
    '`[x](nowhere.md)`',
    '```\n[x](nowhere.md)\n```',
    '[x](https://example.org/)',
  ])('nothing in %j', (text) => {
    expect(page(text)).toEqual([])
  })

  test('headings with code, links and signs', () => {
    expect(anchorOf('`npm test`, and [more](x.md)!')).toBe('npm-test-and-more')
    expect(proseOf('a `b` c')).toBe('a xxx c')
  })
})
