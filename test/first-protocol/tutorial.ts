/** One thing that a reader of a tutorial does, in the order of the page. */
export type TutorialStep =
  | { readonly do: 'write'; readonly file: string; readonly text: string }
  | { readonly do: 'run'; readonly command: string }
  /** The lines that the last command has to have printed, in this order, others between them. */
  | { readonly do: 'see'; readonly lines: readonly string[] }

/**
 * What a page tells its reader to do: files (blocks of TypeScript that begin with their path in a comment), commands (blocks of shell, a line
 * each), and what is to be seen (blocks of text). Blocks of no language, and other languages, are not for the hands.
 */
export function stepsOf(page: string): TutorialStep[] {
  return [...page.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)].flatMap(([, language, text = '']): TutorialStep[] => {
    if (language === 'sh')
      return text
        .trim()
        .split('\n')
        .map((command) => ({ do: 'run', command }))
    if (language === 'text') return [{ do: 'see', lines: text.trim().split('\n') }]
    const file = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1]
    return language === 'ts' && file !== undefined ? [{ do: 'write', file, text }] : []
  })
}

/** Minutes of reading, at 200 words a minute; code counts like words. */
export const minutesToRead = (page: string): number => page.split(/\s+/).length / 200

/** Lines that the author writes: neither blank nor only a comment. */
export const linesToWrite = (steps: readonly TutorialStep[]): number =>
  steps.flatMap((step) => (step.do === 'write' ? step.text.split('\n') : [])).filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length
