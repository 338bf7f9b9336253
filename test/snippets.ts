import type { Page } from './markdown-pages.ts'

/** One code block of a page in a language that is checked. */
export interface Snippet {
  /** `docs/api.md:17`, the line on which the code begins. */
  readonly at: string
  readonly language: 'ts' | 'sh' | 'py'
  /** What is done with it; `undefined` when the page does not say, which is a fault. */
  readonly mark: 'run' | 'compile' | 'check' | 'no-run' | undefined
  /** Why it is not run. */
  readonly reason: string
  readonly code: string
}

const languages: Readonly<Record<string, Snippet['language']>> = {
  ts: 'ts',
  typescript: 'ts',
  js: 'ts',
  javascript: 'ts',
  sh: 'sh',
  bash: 'sh',
  shell: 'sh',
  console: 'sh',
  py: 'py',
  python: 'py',
}
const marks = { ts: ['run', 'compile', 'no-run'], sh: ['run', 'check', 'no-run'], py: ['run', 'no-run'] } as const

/** The TypeScript, shell and Python blocks of a page, in order. */
export function snippetsOf({ path, text }: Page): Snippet[] {
  return [...text.matchAll(/^([ \t]*)(`{3,})([a-z]+)\b([^\n`]*)\n(.*?)^[ \t]*\2[ \t]*$/gms)].flatMap((found) => {
    const [, indent = '', , name = '', info = '', body = ''] = found
    const language = languages[name]
    if (language === undefined) return []
    const line = text.slice(0, found.index).split('\n').length + 1
    const [word = '', ...reason] = info.trim().split(' ')
    const known: readonly string[] = marks[language]
    const mark = known.includes(word) ? (word as Snippet['mark']) : undefined
    const code = body
      .split('\n')
      .map((each) => (each.startsWith(indent) ? each.slice(indent.length) : each))
      .join('\n')
    return [{ at: `${path}:${line}`, language, mark, reason: reason.join(' '), code }]
  })
}

/** What a page fails to say about its blocks. */
export const markFaults = (snippets: readonly Snippet[]): string[] =>
  snippets.flatMap(({ at, language, mark, reason }) => {
    if (mark === undefined)
      return [`${at}: say what is done with this block: ${marks[language].map((each) => `\`${language} ${each}\``).join(', ')}`]
    return mark === 'no-run' && reason === '' ? [`${at}: say why it is not run: \`${language} no-run WHY\``] : []
  })

/** What a block promises to print: what stands after `→` in comments, in order. */
export const promisedOutput = (code: string): string[] => [...code.matchAll(/(?:\/\/|#) → (.*)$/gm)].map(([, line = '']) => line.trimEnd())

/** The commands of a shell block, each as its words; comments and line continuations are gone, and what follows a pipe, `&&` or `;` is a command too. */
export function commandsOf(code: string): string[][] {
  return code
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => splitWords(line))
    .filter((words) => words.length > 0)
}

function splitWords(line: string): string[][] {
  const commands: string[][] = [[]]
  for (const [whole, quoted, single] of line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|#.*$|&&|\|\||[|;&]|(?:\$\([^)]*\)|[^\s"'|;&])+/g)) {
    if (whole.startsWith('#')) break
    if (/^(&&|\|\||[|;&])$/.test(whole)) commands.push([])
    else commands.at(-1)!.push(quoted ?? single ?? whole)
  }
  return commands.map(withoutRedirection)
}

function withoutRedirection(words: readonly string[]): string[] {
  const at = words.findIndex((word) => /^\d?>/.test(word))
  return at < 0 ? [...words] : words.slice(0, at)
}

/** The `porchlight …` commands that stand in the prose of a page, as their words. */
export const inlineCommands = ({ text }: Page): string[][] =>
  [...text.matchAll(/`(porchlight [a-z][^`\n]*)`/g)].flatMap(([, span = '']) => splitWords(span).slice(0, 1))
