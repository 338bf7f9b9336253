import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMarkdownRenderer, type MarkdownRenderer } from 'vitepress'
import { expect, test } from 'vitest'
import { plainMarkdown } from '../docs/.vitepress/plain-markdown.ts'
import { RepositoryLinks } from '../docs/.vitepress/repository-links.ts'
import { sidebar } from '../docs/.vitepress/site-pages.ts'
import { outsideRequests } from '../scripts/docs-site.mjs'
import { root } from '../scripts/workspaces.mjs'
import { pages } from './markdown-pages.ts'

test('every page of docs/ and every specification is in the table of contents', () => {
  const contents = JSON.stringify(sidebar(root))
  const wanted = pages()
    .map(({ path }) => path)
    .filter((path) => /^docs\/[^/]+\.md$|^docs\/adr\/|^protocols\/[^/]+\/SPEC\.md$/.test(path))
  expect(wanted.length).toBeGreaterThan(60)
  expect(wanted.filter((path) => !contents.includes(`"/${path.replace(/\.md$/, '')}"`))).toEqual([])
})

test.each([
  ['a.html', '<script src="https://cdn.example/a.js"></script>'],
  ['a.html', '<link rel="stylesheet" href="//fonts.example/css">'],
  ['a.html', '<img alt="x" src="http://example.org/count.gif">'],
  ['a.css', '@import "https://fonts.example/inter.css";'],
  ['a.css', 'src: url(https://fonts.example/inter.woff2)'],
  ['a.js', 'await fetch("https://search.example/?q=" + words)'],
])('the site may not ask others for anything: %s with %s', (file, text) => {
  expect(outsideRequests(file, text)).toHaveLength(1)
})

test('a link that a reader may follow, and what the site holds itself, ask nobody', () => {
  expect(outsideRequests('a.html', '<a href="https://example.org/">x</a><script src="/assets/a.js"></script>')).toEqual([])
  expect(outsideRequests('a.css', 'src: url(/assets/a.woff2)')).toEqual([])
})

/** What the links of one page become in the site. */
function rendered(links: RepositoryLinks, path: string, hrefs: readonly string[]): { href: string | null; target: string | null }[] {
  let rule: ((state: unknown) => void) | undefined
  const renderer = { core: { ruler: { push: (_name: string, given: (state: unknown) => void) => void (rule = given) } } }
  links.install(renderer as unknown as MarkdownRenderer)
  const children = hrefs.map((href) => {
    const attributes = new Map([['href', href]])
    return {
      type: 'link_open',
      attrGet: (name: string) => attributes.get(name) ?? null,
      attrSet: (name: string, value: string) => void attributes.set(name, value),
    }
  })
  rule!({ env: { relativePath: path }, tokens: [{ children }] })
  return children.map(({ attrGet }) => ({ href: attrGet('href'), target: attrGet('target') }))
}

test('what a page links to and is no page is put into the site, and pages and the outside are left alone', () => {
  const links = new RepositoryLinks(root)
  const found = rendered(links, 'protocols/gate/SPEC.md', ['gate.proto', 'vectors/', '../TERMS.md#ids', 'https://example.org/', '#flow'])
  expect(found.map(({ href }) => href)).toEqual([
    '/protocols/gate/gate.proto.txt',
    '/protocols/gate/vectors/contents.html',
    '../TERMS.md#ids',
    'https://example.org/',
    '#flow',
  ])
  expect(found.map(({ target }) => target)).toEqual(['_self', '_self', null, null, null])
  expect(links.textAt('/protocols/gate/gate.proto.txt')).toContain('message Frame')
  expect(links.textAt('/protocols/gate/vectors/contents.html')).toContain('frames.json')
  expect(links.textAt('/package.json.txt')).toBeUndefined()
  const out = mkdtempSync(join(tmpdir(), 'porchlight-site-'))
  try {
    links.write(out)
    expect(readFileSync(join(out, 'protocols/gate/gate.proto.txt'), 'utf8')).toBe(
      readFileSync(join(root, 'protocols/gate/gate.proto'), 'utf8'),
    )
    expect(readFileSync(join(out, 'protocols/gate/vectors/contents.html'), 'utf8')).toContain('/protocols/gate/vectors/frames.json.txt')
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})

test('a link to a file that does not exist ends the build', () => {
  const links = new RepositoryLinks(root)
  rendered(links, 'docs/api.md', ['no-such.json', '../../outside.txt'])
  expect(() => links.write(tmpdir())).toThrow(/no-such\.json\n.*outside\.txt/)
})

test('a page is Markdown and no component of Vue: words in brackets and braces are what they say', async () => {
  const md = await createMarkdownRenderer(root, { config: plainMarkdown })
  const html = md.render('<a id="here"></a>Say `porchlight` or <words> in {{ braces }} and `{{`.\n\n<script>alert(1)</script>\n')
  expect(html).toContain('<a id="here"></a>')
  expect(html).toContain('&lt;words&gt; in &#123;&#123; braces &#125;&#125;')
  expect(html).not.toMatch(/\{\{|<script|<words/)
})
