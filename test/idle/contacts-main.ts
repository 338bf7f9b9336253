// Many households in one process, each a contact of the home whose invites come on stdin, one link a line. Prints a line when all are connected.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createNode, type HouseholdNode } from '@porchlight/node'

const dir = mkdtempSync(join(tmpdir(), 'porchlight-contacts-'))
const nodes: HouseholdNode[] = []
process.on('SIGTERM', () => {
  void Promise.all(nodes.map((node) => node[Symbol.asyncDispose]())).finally(() => {
    rmSync(dir, { recursive: true, force: true })
    process.exit(0)
  })
})
const log =
  process.env['IDLE_LOG'] === undefined ? {} : { log: (event: string, fields: object) => console.error(event, JSON.stringify(fields)) }
for await (const link of createInterface({ input: process.stdin })) {
  const name = `contact ${nodes.length + 1}`
  const node = await createNode({ dir: join(dir, String(nodes.length)), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, ...log })
  nodes.push(node)
  await node.acceptInvite(link)
  process.stdout.write(`${nodes.length}\n`)
}
