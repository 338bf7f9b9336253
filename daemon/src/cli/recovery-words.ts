import { readFileSync } from 'node:fs'
import { limits, PorchlightError } from '@porchlight/core'
import type { Terminal } from './terminal.ts'

const unusable = (message: string, cause?: unknown): PorchlightError =>
  new PorchlightError('BAD_REQUEST', message, { reason: 'usage', cause })

/**
 * The 24 recovery words, typed without being shown, or from a file (`-` is standard input). They never come from an argument: those stay in
 * the shell's history and are seen by every program of this user.
 *
 * @throws `BAD_REQUEST` with reason `usage` when there is neither a person nor a file
 */
export async function askRecoveryWords(terminal: Terminal, flags: { wordsFile?: string | undefined }): Promise<string> {
  if (flags.wordsFile !== undefined) return fromFile(flags.wordsFile)
  if (!terminal.isInteractive) throw unusable('nobody is at the terminal to type the recovery words: give --words-file')
  return (await terminal.askHidden('The 24 recovery words, with spaces between them')).trim()
}

function fromFile(path: string): string {
  let words
  try {
    words = readFileSync(path === '-' ? 0 : path, 'utf8').trim()
  } catch (cause) {
    throw unusable(`the file with the recovery words cannot be read: ${path}`, cause)
  }
  if (words.length > limits.recoveryWordsChars) throw unusable(`${path} holds more than 24 words`)
  return words
}
