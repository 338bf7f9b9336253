import type { Command } from '@commander-js/extra-typings'
import { isPorchlightError } from '@porchlight/core'
import { examineAlone, machineOf, type Examination, type Level } from '../../doctor/index.ts'
import { command, type Answer, type Runner } from '../command-line.ts'
import { exitCodes } from '../exit-codes.ts'

/** Worst first. */
const marks: Readonly<Record<Level, string>> = { fault: '✗', warning: '!', note: '·', ok: '✓' }
const levels = Object.keys(marks) as Level[]

function textOf({ findings, talksTo }: Examination): string {
  const sorted = findings.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
  const lines = sorted.flatMap(({ level, says, remedy }) => [`${marks[level]} ${says}`, ...(remedy === null ? [] : [`    → ${remedy}`])])
  const contacted = talksTo.flatMap(({ who, why, addresses }) => [
    `  ${who}: ${why}`,
    ...(addresses.length === 0 ? [] : [`    ${addresses.join('\n    ')}`]),
  ])
  return [
    ...lines,
    '',
    talksTo.length === 0 ? 'This node contacts nobody by itself.' : 'Whom this node contacts by itself, and why:',
    ...contacted,
  ].join('\n')
}

const answerOf = (examination: Examination, exitCode: number): Answer => ({ data: examination, text: textOf(examination), exitCode })

/** `porchlight doctor`: also without a daemon, as far as that goes. */
export function addDoctorCommand(program: Command, runner: Runner): void {
  command(program, 'doctor', 'what is wrong and how to mend it, and whom this node contacts').action(
    async (flags) =>
      await runner.run(flags, async ({ api, home }) => {
        try {
          const examination = await api.get<Examination>('/v1/doctor')
          return answerOf(examination, examination.findings.some(({ level }) => level === 'fault') ? exitCodes.failed : exitCodes.ok)
        } catch (error) {
          if (!isPorchlightError(error) || error.reason !== 'no-daemon') throw error
          return answerOf(examineAlone(machineOf(home), home), exitCodes.unreachable)
        }
      }),
  )
}
