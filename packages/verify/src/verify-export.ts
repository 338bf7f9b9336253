#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { verifyExport } from './verify.ts'

const usage = `verify-export DIR [--checkpoint FILE]

Checks what porchlight export wrote to DIR: every signature, every hash, and that everything fits together. It needs nothing but Node and reads
nothing but DIR. With a checkpoint of the log that you got another way, it also finds that the end was cut off.
Exit status: 0 all is right, 1 something is not, 2 it could not be checked.
`

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { checkpoint: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  const [dir] = positionals
  if (values.help || dir === undefined || positionals.length > 1) {
    process.stdout.write(usage)
    process.exitCode = values.help ? 0 : 2
  } else {
    const checkpoint = values.checkpoint === undefined ? undefined : await readFile(values.checkpoint, 'utf8')
    const { checked, faults } = await verifyExport(dir, checkpoint === undefined ? {} : { checkpoint })
    for (const line of checked) process.stdout.write(`checked: ${line}\n`)
    for (const [kind, found] of Map.groupBy(faults, ({ kind: of }) => of)) {
      const more = found.length > 1 ? ` (and ${found.length - 1} more)` : ''
      process.stdout.write(`FAULT in ${kind}: ${found[0]!.what}${more}\n`)
    }
    process.stdout.write(faults.length === 0 ? 'All of it is as it was signed.\n' : 'This export is not as it was signed.\n')
    process.exitCode = faults.length === 0 ? 0 : 1
  }
} catch (error) {
  process.stderr.write(`cannot check: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
