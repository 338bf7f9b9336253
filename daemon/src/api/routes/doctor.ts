import { examine, machineOf } from '../../doctor/index.ts'
import { operation } from '../operation.ts'
import { examination } from '../schemas.ts'

export const doctorOperations = [
  operation({
    method: 'get',
    path: '/v1/doctor',
    summary: 'What is wrong and how to mend it, and whom this node contacts',
    tag: 'household',
    answer: examination,
    run: async (_input, { node, home }) =>
      examine({ status: node.status(), network: node.network(), machine: machineOf(home), home, nowMs: Date.now() }),
  }),
] as const
