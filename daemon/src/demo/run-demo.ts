import type { Terminal } from '../cli/terminal.ts'

export async function runDemo({ terminal }: { terminal: Terminal; app: string | undefined }): Promise<number> {
  terminal.say('not yet\n')
  return 1
}
