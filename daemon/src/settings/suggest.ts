/** Edits that turn one word into the other: insert, delete, change, swap neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_row, i) =>
    Array.from({ length: b.length + 1 }, (_cell, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      rows[i]![j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + change, swapped ? at(i - 2, j - 2) + 1 : Infinity)
    }
  }
  return at(a.length, b.length)
}

const bare = (word: string) => word.toLowerCase().replace(/[-_]/g, '')

/**
 * The known word that a mistyped one most likely means. Case, `-` and `_` do not count.
 *
 * @param word  at most 64 characters are looked at
 * @returns     `undefined` when nothing is near enough: more than a third of its letters differ
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const typed = bare(word.slice(0, 64))
  const ranked = known.map((name) => ({ name, edits: distance(typed, bare(name)) })).sort((a, b) => a.edits - b.edits)
  const best = ranked[0]
  return best && best.edits <= Math.max(1, Math.floor(Math.max(typed.length, bare(best.name).length) / 3)) ? best.name : undefined
}

/** `; did you mean "mdns"?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = suggest(word, known)
  return best === undefined ? '' : `; did you mean "${best}"?`
}
