// A household that goes on changing its ledger until it is killed. Waits for one line on stdin: {"dir": …, "seed": …}; then says each fact
// as one line of JSON, after it was acknowledged and not before.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { memoryLedger } from '@porchlight/consent/testing'
import { openStore } from '@porchlight/store'
import { walk } from './walk.ts'
import { makeWorld } from './world.ts'

writeSync(1, '"warm"\n')
const [line] = (await once(createInterface(process.stdin), 'line')) as [string]
const { dir, seed } = JSON.parse(line) as { dir: string; seed: number }
const store = await openStore({ dir })
const world = await makeWorld({ ana: store.ledger, ben: memoryLedger() })
writeSync(1, '"ready"\n')
await walk(
  world,
  seed,
  (told) => void writeSync(1, `${JSON.stringify(told)}\n`),
  () => true,
)
