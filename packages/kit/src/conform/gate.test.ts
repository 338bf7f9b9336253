import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkFolder, kitFiles } from '../check/check-folder.ts'
import { gateFaults, type GateFault } from '../testing/gate-faults.ts'
import { WrongGate } from '../testing/wrong-gate.ts'
import { conform, conformText } from './run.ts'

const dir = join(import.meta.dirname, '../../../../protocols/gate')
const folder = checkFolder(
  new Map(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter(kitFiles)
      .map((path) => [path, readFileSync(join(dir, path), 'utf8')]),
  ),
)

it('a small gate without a fault passes every case', async () => {
  const report = await conform(folder, new WrongGate().target())
  expect(conformText(report)).toMatch(/^\/porchlight\/gate\/1 at a gate without fault: \d\d passed, 0 failed, 0 not run$/)
})

it.concurrent.each(Object.entries(gateFaults))('a gate that %s breaks %s, and the runner says so', async (fault, must) => {
  const report = await conform(folder, new WrongGate(fault as GateFault).target(), {})
  expect(report.broken.map(({ id }) => id)).toContain(must)
})
