// The documentation as a site: `npm run docs` serves it and follows changes, `npm run docs:build` writes docs/.vitepress/dist and checks what it wrote.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspaces.mjs'

const [what = 'build'] = process.argv.slice(2)
const site = join(root, 'docs/.vitepress/dist')

function run(program, ...args) {
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', program), args, { cwd: root, stdio: 'inherit' })
  if (error) console.error(error.message)
  if (status !== 0) process.exit(status ?? 1)
}

/**
 * What a page would load from somewhere else than the site. Links that a reader may follow are not meant.
 *
 * @param {string} file  name, whose ending says what the text is
 * @param {string} text
 * @returns {string[]}
 */
export function outsideRequests(file, text) {
  const found = file.endsWith('.html')
    ? [
        ...text.matchAll(/<(?:script|img|iframe|source|video|audio|object|embed)\b[^>]*?\b(?:src|data)="(?:https?:)?\/\/[^"]*"/g),
        ...text.matchAll(/<link\b[^>]*?\bhref="(?:https?:)?\/\/[^"]*"/g),
      ]
    : file.endsWith('.css')
      ? [...text.matchAll(/(?:url\(\s*|@import\s+)["']?(?:https?:)?\/\/[^"')\s]*/g)]
      : [...text.matchAll(/(?:fetch|import|new WebSocket|new EventSource)\(\s*["'`](?:https?|wss?):\/\/[^"'`]*/g)]
  return found.map(([request]) => `${file}: ${request}`)
}

if (process.argv[1] === import.meta.filename) {
  rmSync(join(root, 'docs/reference'), { recursive: true, force: true })
  run('typedoc', '--options', 'docs/typedoc.json')
  if (what === 'serve') run('vitepress', 'dev', 'docs')
  else {
    run('vitepress', 'build', 'docs')
    const files = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(html|css|js)$/.test(file))
    const outside = files.flatMap((file) => outsideRequests(file, readFileSync(join(site, file), 'utf8')))
    for (const line of outside) console.error(`the site asks somebody else: ${line}`)
    console.log(`${files.filter((file) => file.endsWith('.html')).length} pages in docs/.vitepress/dist`)
    process.exit(outside.length > 0 ? 1 : 0)
  }
}
