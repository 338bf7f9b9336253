import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryLedger } from '@porchlight/consent/testing'
import { openStore } from '@porchlight/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceFlags } from '../harness/source-flags.ts'
import { dice, Heard, type Told } from './walk.ts'
import { tearsIn } from './whole.ts'
import { makeWorld } from './world.ts'

const kills = 200
/** A ledger is killed this often before a new one is begun, so that looking at it stays quick. */
const killsPerLedger = 10
const program = fileURLToPath(new URL('./household-main.ts', import.meta.url))

let dir: string
const started = new Set<ChildProcess>()
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-kills-'))
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

/** A process with everything loaded, that waits for its ledger. */
function warm(): ChildProcess {
  const child = spawn(process.execPath, [...sourceFlags, program], { stdio: ['pipe', 'pipe', 'inherit'] })
  started.add(child)
  return child
}

/**
 * Lets it walk on the ledger and kills it once it said so many facts and some milliseconds went by: a slow disk does not make the kills early.
 *
 * @returns what it said that it knows
 */
async function killedAfter(child: ChildProcess, work: { dir: string; seed: number }, facts: number, ms: number): Promise<Told[]> {
  let said = ''
  const reached = Promise.withResolvers<void>()
  const closed = once(child, 'close')
  child.stdout!.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (said.split('"so"').length > facts && said.includes('"ready"')) reached.resolve()
  })
  child.stdin!.write(`${JSON.stringify(work)}\n`)
  await Promise.race([reached.promise, closed])
  await new Promise((wake) => setTimeout(wake, ms))
  child.kill('SIGKILL')
  const [, signal] = (await closed) as [number | null, string | null]
  started.delete(child)
  expect(signal, said).toBe('SIGKILL')
  // The last line may be cut: what was not said whole was not said.
  const lines = said.split('\n').slice(0, -1)
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Told)
}

test(`${kills} kills -9 at any instant: no acknowledged fact is lost, no transition is torn, the log verifies`, async () => {
  const roll = dice(20261122)
  let next = warm()
  let facts = 0
  const lost: string[] = []
  const torn: string[] = []
  let heard = new Heard()
  for (let n = 0; n < kills; n++) {
    const ledgerDir = join(dir, String(Math.floor(n / killsPerLedger)))
    if (n % killsPerLedger === 0) heard = new Heard()
    const child = next
    next = warm()
    const told = await killedAfter(child, { dir: ledgerDir, seed: n }, roll(20), roll(12))
    for (const each of told) heard.hear(each)
    facts += told.filter((each) => 'so' in each).length

    await using store = await openStore({ dir: ledgerDir })
    const world = await makeWorld({ ana: store.ledger, ben: memoryLedger() })
    lost.push(...heard.lostIn(world).map((what) => `kill ${n}: ${what}`))
    torn.push(...(await tearsIn(store.ledger)).map((what) => `kill ${n}: ${what}`))
    if (!(await world.ana.consent.verifyLog()).ok) torn.push(`kill ${n}: the log does not verify`)
    await world.ana.consent[Symbol.asyncDispose]()
  }
  console.log(`${kills} kills, ${facts} acknowledged facts: ${lost.length} lost, ${torn.length} torn states`)
  expect(facts).toBeGreaterThan(kills)
  expect(lost).toEqual([])
  expect(torn).toEqual([])
})
