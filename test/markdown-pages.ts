import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { root } from '../scripts/workspaces.mjs'

/** One Markdown file of the repository. */
export interface Page {
  /** Relative to the root. */
  readonly path: string
  readonly text: string
}

/** Every Markdown page that is part of the repository, the ones that are not committed yet among them. */
export function pages(): Page[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  return listed
    .split('\n')
    .filter((path) => path !== '' && !path.includes('/templates/') && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** A page without its code blocks and code spans: what is left is prose. */
export const proseOf = (text: string): string =>
  text.replaceAll(/^(`{3,}|~{3,})[^\n]*\n.*?^\1[ \t]*$/gms, '').replaceAll(/`[^`\n]*`/g, (span) => 'x'.repeat(span.length))

/** The anchor that a heading gets, as GitHub and the site make it. */
export const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/<[^>]*>/g, '')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')

/** Every place of a page that a link may name. */
export function anchorsOf(text: string): Set<string> {
  const blocks = text.replaceAll(/^(`{3,}|~{3,})[^\n]*\n.*?^\1[ \t]*$/gms, '')
  const headings = [...blocks.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
  const named = [...blocks.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  return new Set([...headings, ...named])
}

/** One sentence for each link of a page into the repository that leads to nothing. */
export function deadLinks({ path, text }: Page): string[] {
  const links = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return links
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
    .flatMap((target) => {
      const [to = '', anchor] = target.split('#')
      if (to === '') return anchor === undefined || anchorsOf(text).has(anchor) ? [] : [`${path} has no place #${anchor}`]
      const file = posix.normalize(posix.join(posix.dirname(path), decodeURI(to)))
      if (file.startsWith('..') || !existsSync(join(root, file))) return [`${path}: ${target} leads to nothing`]
      if (anchor === undefined || !file.endsWith('.md') || statSync(join(root, file)).isDirectory()) return []
      return anchorsOf(readFileSync(join(root, file), 'utf8')).has(anchor) ? [] : [`${path}: ${file} has no place #${anchor}`]
    })
}
