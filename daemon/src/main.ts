#!/usr/bin/env node
import { runCli } from './cli/run-cli.ts'
import { realTerminal } from './cli/terminal.ts'
import { keepHeapSmall } from './run/small-heap.ts'

keepHeapSmall()

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away, as `head` does: nothing more to say.
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
const code = await runCli(process.argv.slice(2), realTerminal())
process.exit(code)
