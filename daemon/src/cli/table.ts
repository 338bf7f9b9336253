/** Columns a text takes on a terminal: combining marks take none, wide characters (East Asian, emoji) two. Near enough for aligning. */
function widthOf(text: string): number {
  let width = 0
  for (const char of text)
    width += /\p{M}/u.test(char)
      ? 0
      : /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(char)
        ? 2
        : 1
  return width
}

/** Rows as aligned columns with a heading; `empty` when there are none. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return empty
  const all = [head, ...rows]
  const widths = head.map((_title, i) => Math.max(...all.map((row) => widthOf(row[i] ?? ''))))
  return all
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Local time, to the minute: `2026-12-22 14:05`. */
export function localTime(ms: number): string {
  const at = new Date(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

const shortest = 8

/**
 * Ids as people type them: prefixes of the same length that tell them apart.
 *
 * @returns  id → its prefix, at least 8 characters
 */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const distinct = new Set(ids)
  let length = shortest
  while (length < 64 && new Set([...distinct].map((id) => id.slice(0, length))).size < distinct.size) length++
  return (id) => id.slice(0, length)
}

/** `1.4 MB`; powers of 1000, as file managers show them. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3))
  return power === 0 ? `${count} B` : `${(count / 1000 ** power).toFixed(1)} ${units[power]}`
}
