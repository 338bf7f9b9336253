import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { plainMarkdown } from './plain-markdown.ts'
import { RepositoryLinks } from './repository-links.ts'
import { sidebar } from './site-pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const links = new RepositoryLinks(root)

/** Every Markdown file of the repository is a page at its own path, so that links between them are the same in a clone and on the site. */
export default defineConfig({
  title: 'Porchlight',
  description: 'Identity, encrypted transport and consent-gated federation for self-hosted apps',
  srcDir: root,
  srcExclude: ['**/dist/**', '**/templates/**', '**/.*/**', 'test/**'],
  outDir: fileURLToPath(new URL('dist', import.meta.url)),
  cacheDir: `${root}/.cache/vitepress`,
  rewrites: { 'README.md': 'index.md', 'docs/reference/README.md': 'docs/reference/index.md' },
  ignoreDeadLinks: false,
  lastUpdated: false,
  vite: {
    server: { fs: { allow: [root] } },
    build: { chunkSizeWarningLimit: 4096 },
    plugins: [
      {
        name: 'repository-links',
        // While somebody writes there is no built site that could hold them.
        configureServer: ({ middlewares }) =>
          void middlewares.use((request, response, next) => {
            const [path = ''] = (request.url ?? '').split('?')
            const text = links.textAt(decodeURI(path))
            if (text === undefined) return next()
            response.setHeader('content-type', `text/${path.endsWith('.html') ? 'html' : 'plain'}; charset=utf-8`)
            response.end(text)
          }),
      },
    ],
  },
  markdown: {
    config: (md) => {
      plainMarkdown(md)
      links.install(md)
    },
  },
  buildEnd: ({ outDir }) => links.write(outDir),
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    docFooter: { prev: false, next: false },
    nav: [
      { text: 'Start here', link: '/docs/start-here' },
      { text: 'Households', link: '/docs/households' },
      { text: 'App developers', link: '/docs/app-developers' },
      { text: 'Protocol authors', link: '/docs/protocol-authors' },
      { text: 'Operators', link: '/docs/operators' },
      {
        text: 'More',
        items: [
          { text: 'How it works', link: '/docs/how-it-works' },
          { text: 'What it costs you', link: '/docs/trade-offs' },
          { text: 'Threat model', link: '/docs/threat-model' },
          { text: 'Reference', link: '/docs/reference/' },
        ],
      },
    ],
    sidebar: sidebar(root),
  },
})
