import type { Command } from '@commander-js/extra-typings'
import type { Runner } from '../command-line.ts'

export function addDemoCommand(program: Command, runner: Runner): void {
  program
    .command('demo')
    .description('two households in one terminal, the five-step story, with a real app')
    .option('--app <url>', 'use a running app instead: the address of something long in it')
    .action(async (flags) => {
      const { runDemo } = await import('../../demo/run-demo.ts')
      runner.outcome.exitCode = await runDemo({ terminal: runner.terminal, app: flags.app })
    })
}
