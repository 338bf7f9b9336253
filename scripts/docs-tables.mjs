// Writes docs/errors.md and docs/limits.md from the tables in packages/core/src. A test holds them equal.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspaces.mjs'

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')
const line = (cells) => `| ${cells.map(cell).join(' | ')} |`

/** A Markdown table, one line per row. */
function table(heads, rows) {
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/**
 * @param {Record<string, { seenBy: string, fixedBy: string, retry: string, text: string }>} errorTable
 * @returns {string}  the whole of docs/errors.md
 */
export function errorsPage(errorTable) {
  const rows = Object.entries(errorTable).map(([code, row]) => [`\`${code}\``, row.seenBy, row.fixedBy, row.retry, row.text])
  return `# Errors

Written by \`npm run docs:tables\` from \`packages/core/src/errors.ts\`; change it there. Branch on the code, never on message text.

${table(['Code', 'Who sees it', 'Who fixes it', 'Retry', 'Meaning'], rows)}
`
}

/**
 * @param {Record<string, { value: number, unit: string, why: string }>} limitTable
 * @returns {string}  the whole of docs/limits.md
 */
export function limitsPage(limitTable) {
  const rows = Object.entries(limitTable).map(([name, row]) => [`\`${name}\``, row.value, row.unit, row.why])
  return `# Limits

Written by \`npm run docs:tables\` from \`packages/core/src/limits.ts\`; change it there. Every queue, buffer, retry, wait, cache and message has a bound.

${table(['Limit', 'Value', 'Unit', 'Why'], rows)}
`
}

if (process.argv[1] === import.meta.filename) {
  const { errorTable } = await import('../packages/core/src/errors.ts')
  const { limitTable } = await import('../packages/core/src/limits.ts')
  for (const [file, text] of [
    ['docs/errors.md', errorsPage(errorTable)],
    ['docs/limits.md', limitsPage(limitTable)],
  ]) {
    const path = join(root, file)
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    writeFileSync(path, text)
    console.log(`wrote ${file}`)
  }
}
