import { mkdirSync, openSync, writeFileSync, closeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from '@commander-js/extra-typings'
import { PorchlightError } from '@porchlight/core'
import { command, type Runner } from '../command-line.ts'

interface Part {
  readonly path: string
  readonly text: string
}

/** What an export may write: a plain name, or one in a plain directory. Never anywhere else, whatever the daemon says. */
const soundPath = /^([a-z-]+\/)?[A-Za-z0-9-]+\.[a-z]+$/

/** Writes the parts below a new directory that others cannot read. @returns the files */
export async function writeParts(dir: string, parts: AsyncIterable<Part>): Promise<string[]> {
  try {
    mkdirSync(dir, { mode: 0o700 })
  } catch (cause) {
    throw new PorchlightError(
      'BAD_REQUEST',
      `${dir} cannot be made (${(cause as NodeJS.ErrnoException).code}); name a directory that is not there yet`,
      {
        reason: 'export',
        cause,
      },
    )
  }
  const files = new Map<string, number>()
  try {
    for await (const { path, text } of parts) {
      if (!soundPath.test(path)) throw new PorchlightError('INTERNAL', `not a file of an export: ${path}`)
      let file = files.get(path)
      if (file === undefined) {
        mkdirSync(dirname(join(dir, path)), { recursive: true, mode: 0o700 })
        files.set(path, (file = openSync(join(dir, path), 'wx', 0o600)))
      }
      // Unlike writeSync it goes on until all is written, or throws.
      writeFileSync(file, text)
    }
  } finally {
    for (const file of files.values()) closeSync(file)
  }
  if (!files.has('files.note')) throw new PorchlightError('CLOSED', `the export in ${dir} is not whole: the daemon ended before it was`)
  return [...files.keys()]
}

export function addExportCommands(program: Command, runner: Runner): void {
  command(program, 'export', 'write the whole record to a new directory, in open formats')
    .argument('<dir>', 'a directory that is not there yet')
    .action(
      async (dir, flags) =>
        await runner.run(flags, async ({ api }) => {
          const files = await writeParts(dir, api.lines<Part>('/v1/export'))
          return {
            data: { dir, files },
            text: `Wrote ${files.length} files to ${dir}; README.txt there says what they are.\nCheck them anywhere with: verify-export ${dir}`,
          }
        }),
    )
  const consent = program.command('consent').description('consent as records')
  command(consent, 'export', 'print every consent given and received as JSON, shaped after ISO/IEC TS 27560').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const data = await api.get('/v1/consent-records')
        return { data, text: JSON.stringify(data, null, 2) }
      }),
  )
}
