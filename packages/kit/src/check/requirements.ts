/** One MUST of a SPEC.md: by its number, or by the section in which it stands. */
export interface Requirement {
  /** `R21`, or the slug of the nearest heading. */
  readonly id: string
  /** The heading as it reads. */
  readonly section: string
  readonly line: number
  /** The sentence, for a report. */
  readonly text: string
}

/** The anchor that GitHub and vitepress make of a heading. */
export const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s+/g, '-')

/** Headings may carry anchors of their own. */
const withoutTags = (heading: string): string => heading.replace(/<[^<>]*>/g, '').trim()

const numbered = /\*\*([A-Z]\d+)\*\*/g

/**
 * Every requirement of a SPEC.md, in order. A numbered one reaches from its number (`**R3**`) to the next number, bullet, blank line or heading;
 * each number is a requirement, and so is each section with a MUST outside of numbers. Code blocks and the line that explains RFC 2119 do not count.
 */
export function requirementsOf(spec: string): Requirement[] {
  const found = new Map<string, Requirement>()
  let [section, number, isCode]: [string, string | undefined, boolean] = ['', undefined, false]
  for (const [index, line] of spec.split('\n').entries()) {
    if (line.startsWith('```')) isCode = !isCode
    if (isCode) continue
    const heading = /^#{1,4} (.+)$/.exec(line)
    if (heading) section = withoutTags(heading[1]!)
    if (heading || line.trim() === '' || /^\s*([-*]|\d+\.|\|)\s?/.test(line)) number = undefined
    if (/MUST, SHOULD|RFC 2119/.test(line) && !numbered.test(line)) continue
    numbered.lastIndex = 0
    // What stands before the first number of a line belongs to what came before it.
    const parts = line.split(numbered)
    for (const [at, part] of parts.entries()) {
      if (at % 2 === 1) {
        number = part
        if (!found.has(part)) found.set(part, { id: part, section, line: index + 1, text: (parts[at + 1] ?? '').trim() })
      } else if (/\bMUST\b/.test(part) && number === undefined && section !== '') {
        const id = slugOf(section)
        if (!found.has(id)) found.set(id, { id, section, line: index + 1, text: line.trim() })
      }
    }
  }
  return [...found.values()]
}

/** What a conformance case may name: numbers and all headings, also those without a MUST. */
export function namesOf(spec: string): ReadonlySet<string> {
  const headings = [...spec.matchAll(/^#{1,4} (.+)$/gm)].map(([, heading]) => slugOf(withoutTags(heading!)))
  return new Set([...headings, ...[...spec.matchAll(numbered)].map(([, number]) => number!)])
}
