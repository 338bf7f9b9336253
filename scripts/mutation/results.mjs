// What the runs of `npm run mutation` found out so far: reads the file that stryker keeps for a package.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

// A test that waits for ever is ended by the clock, of vitest or of stryker; a loop without end by a count of its turns, whatever the load.
export const late = ({ status, statusReason }) =>
  (status === 'Timeout' && !statusReason?.startsWith('Hit limit')) ||
  (status === 'Killed' && /timed out in \d+ms|interrupted after/.test(statusReason ?? ''))

export const notDrawn = ({ status }) => status === 'CompileError'

/**
 * Forgets some of the results, so that the next run tries those changes again.
 *
 * @param {string} path  the results that stryker keeps
 * @param {(mutant: object) => boolean} which  `late`: noticed by the clock only; `notDrawn`: not in the sample so far
 */
export function forget(path, which) {
  if (!existsSync(path)) return
  const report = JSON.parse(readFileSync(path, 'utf8'))
  for (const file of Object.values(report.files)) file.mutants = file.mutants.filter((mutant) => !which(mutant))
  writeFileSync(path, JSON.stringify(report))
}

/**
 * Says for each file how many changes the tests noticed, of those that could be tried.
 *
 * @param {string} path  the results that stryker keeps
 * @returns {{ file: string, noticed: number, timedOut: number, survived: number, uncovered: number, leftOut: number }[]}  sorted by file; `leftOut` are the changes at module level
 */
export function results(path) {
  if (!existsSync(path)) return []
  const { files } = JSON.parse(readFileSync(path, 'utf8'))
  return Object.entries(files)
    .map(([file, { mutants }]) => {
      const count = (...kinds) => mutants.filter(({ status }) => kinds.includes(status)).length
      return {
        file: file.replace(/^packages\/[a-z]+\/src\//, ''),
        noticed: count('Killed', 'Timeout'),
        timedOut: mutants.filter(late).length,
        survived: count('Survived'),
        uncovered: count('NoCoverage'),
        leftOut: count('Ignored', 'RuntimeError', 'CompileError'),
      }
    })
    .toSorted((a, b) => (a.file < b.file ? -1 : 1))
}

/**
 * Lists the changes that no test noticed, one after the other, with the line before and after.
 *
 * @param {string} path  the results that stryker keeps
 * @returns {string}  empty when there are none
 */
export function survivors(path) {
  if (!existsSync(path)) return ''
  const { files } = JSON.parse(readFileSync(path, 'utf8'))
  const lines = []
  for (const [file, { source, mutants }] of Object.entries(files)) {
    const text = source.split('\n')
    for (const { status, mutatorName, replacement, location } of mutants) {
      if (status !== 'Survived' && status !== 'NoCoverage') continue
      const { start, end } = location
      const before = text.slice(start.line - 1, end.line)
      const head = before[0].slice(0, start.column - 1)
      const tail = before.at(-1).slice(end.column - 1)
      lines.push(`${file}:${start.line}:${start.column} ${mutatorName}${status === 'NoCoverage' ? ' (no test comes here)' : ''}`)
      lines.push(...(before.length > 4 ? [before[0], `… ${before.length} lines`] : before).map((line) => `  - ${line.trim()}`))
      lines.push(`  + ${(head + replacement + tail).trim().replaceAll(/\s*\n\s*/g, ' ')}`)
    }
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** How many percent of the changes were noticed; what is left out counts neither way. */
export function score(rows) {
  const sum = (...names) => rows.reduce((total, row) => names.reduce((more, name) => more + row[name], total), 0)
  return (100 * sum('noticed')) / Math.max(1, sum('noticed', 'survived', 'uncovered'))
}

/**
 * Between which scores the one of all changes lies with 95 % probability, when these were drawn at random: Wilson's interval.
 *
 * @returns {[number, number]}  in percent
 */
export function between(rows) {
  const n = rows.reduce((total, { noticed, survived, uncovered }) => total + noticed + survived + uncovered, 0)
  const [p, z] = [score(rows) / 100, 1.96]
  const middle = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n)
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2))
  return [100 * (middle - half), 100 * (middle + half)]
}

/** One line for each file and one for all. */
export function table(rows) {
  const all = { file: 'all of these' }
  for (const { file: _, ...row } of rows) for (const [name, value] of Object.entries(row)) all[name] = (all[name] ?? 0) + value
  const line = (row) =>
    `${row.file.padEnd(30)} ${score([row]).toFixed(2).padStart(6)} %  ${row.noticed} noticed (${row.timedOut} by the clock), ${row.survived} survived, ${row.uncovered} where no test comes, ${row.leftOut} left out`
  return (rows.length > 0 ? [...rows, all] : []).map(line).join('\n')
}
