import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

/**
 * Links of a page to what is no page: sources, schemas, vectors, directories. They are checked like links to pages, and what they name is
 * put into the site as text, so that the site is whole without the repository.
 */
export class RepositoryLinks {
  readonly #root: string
  readonly #files = new Set<string>()
  readonly #directories = new Set<string>()
  readonly #dead: string[] = []

  /** @param root  the repository's root directory */
  constructor(root: string) {
    this.#root = root
  }

  /** Makes links of a Markdown renderer lead into the site. To be called before the renderer's own rule for links is wrapped by anything else. */
  install(md: MarkdownRenderer): void {
    md.core.ruler.push('repository-links', (state) => {
      const from = posix.dirname((state.env as { relativePath?: string }).relativePath ?? '')
      for (const { children } of state.tokens)
        for (const token of children ?? []) {
          const href = token.type === 'link_open' ? token.attrGet('href') : null
          const inside = href === null ? undefined : this.#inside(from, href)
          if (inside === undefined) continue
          token.attrSet('href', inside)
          token.attrSet('target', '_self')
        }
    })
  }

  /** Where a link to something that is no page leads in the site; undefined for links to pages and out of the site. */
  #inside(from: string, href: string): string | undefined {
    const [path = ''] = href.split(/[?#]/)
    if (path === '' || /^[a-z][a-z0-9+.-]*:/i.test(href) || /\.(md|html)$/.test(path)) return undefined
    const file = posix.normalize(path.startsWith('/') ? path.slice(1) : posix.join(from, decodeURI(path))).replace(/\/$/, '')
    // Pages may be named without their ending.
    if (existsSync(join(this.#root, `${file}.md`))) return undefined
    if (file.startsWith('..') || !existsSync(join(this.#root, file))) {
      this.#dead.push(`${from}: ${href}`)
      return undefined
    }
    if (!statSync(join(this.#root, file)).isDirectory()) {
      this.#files.add(file)
      return `/${file}.txt`
    }
    if (existsSync(join(this.#root, file, 'index.md'))) return undefined
    this.#directories.add(file)
    return `/${file}/contents.html`
  }

  /** What the site has at a path that a link led to: `/protocols/gate/gate.proto.txt`. */
  textAt(path: string): string | undefined {
    const file = /^\/(.+)\.txt$/.exec(path)?.[1]
    if (file !== undefined && this.#files.has(file)) return readFileSync(join(this.#root, file), 'utf8')
    const directory = /^\/(.+)\/contents\.html$/.exec(path)?.[1]
    return directory !== undefined && this.#directories.has(directory) ? this.#contentsOf(directory) : undefined
  }

  /** A page with a link to each file of a directory, pages by their titles. */
  #contentsOf(directory: string): string {
    const entries = readdirSync(join(this.#root, directory), { withFileTypes: true }).filter((entry) => entry.isFile())
    const rows = entries.map(({ name }) => {
      const isPage = name.endsWith('.md')
      if (!isPage) this.#files.add(posix.join(directory, name))
      const title = isPage ? (/^# (.+)$/m.exec(readFileSync(join(this.#root, directory, name), 'utf8'))?.[1] ?? name) : name
      return `<li><a href="/${directory}/${name.replace(/\.md$/, '.html')}${isPage ? '' : '.txt'}">${escapeHtml(title)}</a></li>`
    })
    return contentsPage(directory, rows)
  }

  /**
   * Puts everything that was linked into the built site.
   *
   * @throws when a link leads to nothing
   */
  write(outDir: string): void {
    if (this.#dead.length > 0) throw new Error(`dead links to files:\n${this.#dead.join('\n')}`)
    for (const directory of this.#directories) put(outDir, `${directory}/contents.html`, this.#contentsOf(directory))
    for (const file of this.#files) put(outDir, `${file}.txt`, readFileSync(join(this.#root, file), 'utf8'))
  }
}

function put(outDir: string, path: string, text: string): void {
  mkdirSync(dirname(join(outDir, path)), { recursive: true })
  writeFileSync(join(outDir, path), text)
}

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const contentsPage = (directory: string, rows: readonly string[]): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${directory}</title>
<h1>${directory}</h1>
<ul>
${rows.join('\n')}
</ul>
<p><a href="/">Porchlight</a></p>
`
