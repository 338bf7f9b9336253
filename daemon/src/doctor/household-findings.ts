import type { StatusView } from '@porchlight/node'
import { finding, type Finding } from './finding.ts'
import type { Machine } from './machine.ts'

const MiB = 1024 * 1024
const dayMs = 86_400_000

function disk({ freeBytes }: Machine, home: string): Finding {
  if (freeBytes === null) return finding('disk', 'note', `How much room is left for ${home} cannot be told`)
  const free = freeBytes >= 1024 * MiB ? `${(freeBytes / 1024 / MiB).toFixed(1)} GiB` : `${Math.floor(freeBytes / MiB)} MiB`
  if (freeBytes >= 500 * MiB) return finding('disk', 'ok', `${free} are free where the household is kept`)
  const says = `Only ${free} are free where the household is kept; without room nothing can be agreed, and stopping still works`
  return finding('disk', freeBytes < 50 * MiB ? 'fault' : 'warning', says, `Free some space on the disk of ${home}`)
}

function permissions({ openPaths }: Machine): Finding[] {
  if (openPaths.length === 0) return [finding('permissions', 'ok', 'Keys and record are for you alone')]
  return openPaths.map(({ path, mode, foreign }) =>
    foreign
      ? finding('permissions', 'fault', `${path} belongs to another user`, `chown it to the user who runs porchlight`)
      : finding('permissions', 'fault', `${path} is open to other users (mode ${mode}), and it holds keys`, `chmod 700 ${path}`),
  )
}

function backup({ recoveryWordsPending, lastBackupMs }: StatusView, nowMs: number): Finding[] {
  const words = recoveryWordsPending
    ? [
        finding(
          'words',
          'warning',
          'The recovery words were not written down yet: without them a broken disk ends this household',
          'porchlight words',
        ),
      ]
    : []
  if (lastBackupMs === null)
    return [
      ...words,
      finding(
        'backup',
        'warning',
        'There is no backup: the words alone bring back the household, not its contacts and its record',
        'porchlight backup FILE',
      ),
    ]
  const days = Math.floor((nowMs - lastBackupMs) / dayMs)
  const age = days < 1 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`
  return [
    ...words,
    days > 90
      ? finding('backup', 'warning', `The last backup was made ${age}`, 'porchlight backup FILE')
      : finding('backup', 'ok', `The last backup was made ${age}`),
  ]
}

const halts: Readonly<Record<string, { readonly says: string; readonly remedy: string }>> = {
  locked: { says: 'The household is locked: nothing is allowed', remedy: 'porchlight unlock' },
  paused: { says: 'Everything is stopped by panic: nothing is allowed', remedy: 'porchlight resume' },
  rollback: { says: 'The record is an old one: nothing is allowed until it is settled', remedy: 'porchlight status says what to do' },
  clock: { says: 'The clock went backwards: nothing is allowed until it is settled', remedy: 'Set the clock, then porchlight status' },
}

/** What there is to say about the household itself and the machine that it lives on. */
export const householdFindings = (status: StatusView, machine: Machine, home: string, nowMs: number): Finding[] => [
  ...status.halts.map((cause) => {
    const { says, remedy } = halts[cause] ?? { says: `Nothing is allowed: ${cause}`, remedy: 'porchlight status' }
    return finding('halted', 'fault', says, remedy)
  }),
  ...status.alarms.map((text) => finding('alarm', 'fault', text, 'porchlight status')),
  ...permissions(machine),
  disk(machine, home),
  ...backup(status, nowMs),
]
