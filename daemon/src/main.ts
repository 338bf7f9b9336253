#!/usr/bin/env node
import { keepHeapSmall, startAgainSmall } from './run/small-heap.ts'
import { written } from './run/written.ts'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `porchlight needs Node 22.19 or newer, this is ${process.versions.node}. In a clone use "npx porchlight", which brings its own.\n`,
  )
  process.exit(78)
}
// The household runs day and night; every other command is over in a moment.
if (process.argv[2] === 'start') startAgainSmall(process)
keepHeapSmall()
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away, as `head` does: nothing more to say.
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
// Only now: an older Node cannot even load what these import.
const [{ runCli }, { realTerminal }] = await Promise.all([import('./cli/run-cli.ts'), import('./cli/terminal.ts')])
const exitCode = await runCli(process.argv.slice(2), realTerminal())
await Promise.all([written(process.stdout), written(process.stderr)])
process.exit(exitCode)
