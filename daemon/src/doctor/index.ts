import type { NetworkView, StatusView, TalksTo } from '@porchlight/node'
import { finding, type Finding } from './finding.ts'
import { householdFindings } from './household-findings.ts'
import type { Machine } from './machine.ts'
import { networkFindings } from './network-findings.ts'

export type { Finding, Level } from './finding.ts'
export { machineOf } from './machine.ts'

/** What the doctor found, and whom the node contacts by itself. */
export interface Examination {
  readonly findings: readonly Finding[]
  readonly talksTo: readonly TalksTo[]
}

/** Says in words how this node is, worst first within each part, with a remedy for whatever needs one. Pure: the same facts give the same words. */
export function examine(facts: { status: StatusView; network: NetworkView; machine: Machine; home: string; nowMs: number }): Examination {
  return {
    findings: [...householdFindings(facts.status, facts.machine, facts.home, facts.nowMs), ...networkFindings(facts.network)],
    talksTo: facts.network.talksTo,
  }
}

/** What can be said while no daemon runs. */
export function examineAlone(machine: Machine, home: string): Examination {
  const nobody = { halts: [], alarms: [], recoveryWordsPending: false, lastBackupMs: null } as unknown as StatusView
  const about = new Set(['permissions', 'disk'])
  return {
    findings: [
      finding('daemon', 'fault', `No daemon runs for ${home}: contacts reach nothing of yours`, 'porchlight start'),
      ...householdFindings(nobody, machine, home, 0).filter((each) => about.has(each.about)),
    ],
    talksTo: [],
  }
}
