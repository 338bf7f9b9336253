import { expect, it } from 'vitest'
import { checkFolder, kitFiles } from '../check/check-folder.ts'
import { scaffold } from '../scaffold/scaffold.ts'
import { pageOf } from './page.ts'

const files = new Map([...scaffold('doorbell').files].filter(([path]) => kitFiles(path)))
const expSec = 1_800_000_000
const page = (change: Readonly<Record<string, string>> = {}): string => {
  const all = new Map([...files, ...Object.entries(change)])
  return pageOf(checkFolder(all), all, { expSec })
}

it('the page has the spec, the card in every language, the cases and the schema', () => {
  const html = page()
  expect(html).toContain('<h2 id="privacy">Privacy</h2>')
  expect(html).toMatch(/<section class="card" lang="en">\n<h3>[^<]*A bell at the door<\/h3>/)
  expect(html).toMatch(/<section class="card" lang="de">\n<h3>[^<]*Eine Klingel an der Tür<\/h3>/)
  expect(html).toContain('<td>N3</td><td>an empty name has an error of its own</td>')
  expect(html).toContain('message Rung {')
  expect(html.match(/<section/g)).toHaveLength(2)
})

it('a protocol without a grant shows its nine lines instead of a card', () => {
  const protocol = JSON.stringify({
    id: '/example/doorbell/1',
    door: 'contact',
    methods: { ring: { kind: 'query', scope: null } },
    reasons: [],
  })
  const html = page({ 'protocol.json': protocol })
  expect(html).toContain('What somebody can do by this door')
  expect(html).not.toContain('What people read before they say yes')
})

const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>'
it.each<[string, Readonly<Record<string, string>>]>([
  ['the spec', { 'SPEC.md': `${files.get('SPEC.md')!}\n${evil}\n\n${evil}` }],
  ['a heading', { 'SPEC.md': `# ${evil}\n\n${files.get('SPEC.md')!}` }],
  ['a block of code', { 'SPEC.md': `\`\`\`${evil}\n${evil}\n\`\`\`\n${files.get('SPEC.md')!}` }],
  ['the consent text', { 'manifest.json': files.get('manifest.json')!.replace('A bell at the door', evil.replaceAll('"', '')) }],
  ['the schema', { 'doorbell.proto': `// ${evil}\n${files.get('doorbell.proto')!}` }],
  ['the name of a case', { 'vectors/conformance.json': files.get('vectors/conformance.json')!.replace('no name at all is refused', evil) }],
])('tags in %s are shown as text and do nothing', (_where, change) => {
  const html = page(change)
  expect(html).toContain('&lt;script&gt;')
  expect(html).not.toMatch(/<script|<img|<[^>]*\sonerror/i)
})

it.each(['javascript:alert(1)', 'JavaScript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', '//evil.example/x'])(
  'a link to %s is no link',
  (url) => {
    const html = page({ 'SPEC.md': `${files.get('SPEC.md')!}\n[here](${url}) ![there](${url})` })
    expect(html).not.toMatch(new RegExp(`(href|src)="${url.slice(0, 6)}`, 'i'))
  },
)

it('a picture is a link at most: a page that is opened must not tell anybody', () => {
  expect(page({ 'SPEC.md': `${files.get('SPEC.md')!}\n![seen](https://evil.example/pixel.png)` })).not.toContain('<img')
})

it('the page asks nobody for anything', () => {
  expect(page()).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  expect(page()).not.toMatch(/\b(src|href)="https?:/)
})
