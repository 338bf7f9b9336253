import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { actScene, type ActScene } from '../testing/acts.ts'
import { activeGrant, dayMs, type Side } from '../testing/index.ts'
import type { ObjectLine } from './exported-object.ts'

let scene: ActScene
let ana: Side
let ben: Side

beforeEach(async () => {
  scene = await actScene()
  ;({ ana, ben } = scene)
})

async function exportOf({ consent }: Side): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for await (const { path, text } of consent.exportRecord()) files.set(path, (files.get(path) ?? '') + text)
  return files
}
const linesOf = <T>(text = ''): T[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T)
const typesOf = (files: Map<string, string>) =>
  linesOf<ObjectLine>(files.get('objects.ndjson'))
    .map(({ type }) => type)
    .filter((type) => type !== 'pause' && type !== 'resume')
/** Lets everything that ended go into the archive, and its objects be pruned, so that the archive alone still has them. */
async function archived(): Promise<void> {
  await scene.passed(31 * dayMs + limits.endedKeepMs)
  // The last object of all is never pruned.
  await ana.consent.panic()
  await ana.consent.resume()
  for (let hour = 0; hour < 3; hour++) await scene.passed(limits.factsPruneMs)
  const kinds = ana.consent.siblings.facts(null).facts.map(({ kind }) => kind)
  expect(kinds.filter((kind) => !['manifest', 'revoke', 'pause', 'resume'].includes(kind))).toEqual([])
}
const carry = async (from: Side, to: Side) => {
  for (const { id, kind, bytes } of from.consent.outbox(to.household)) {
    if (kind === 'revoke') await to.consent.receiveRevoke(bytes, from.household)
    if (kind === 'renounce') await to.consent.receiveRenounce(bytes, from.household)
    await from.consent.delivered(id)
  }
}

describe('an export says of what only the archive has', () => {
  it('of a grant of ours all four: itself, how it was given, its receipt and its end, with the text that was shown', async () => {
    const id = await scene.given()
    await ben.consent.renounce(id)
    await carry(ben, ana)
    await archived()
    const files = await exportOf(ana)
    expect(typesOf(files).toSorted()).toEqual(['given', 'grant', 'manifest', 'receipt', 'renounce'])
    expect(linesOf<ObjectLine>(files.get('objects.ndjson')).find((line) => line.id === id)?.shown?.text).toBe('May open photos.\n')
  })

  it('of a grant to us itself, our receipt and its end', async () => {
    const { id } = await activeGrant(ben, ana, scene.time.nowMs())
    await ben.consent.revoke(id)
    await carry(ben, ana)
    await archived()
    expect(typesOf(await exportOf(ana)).toSorted()).toEqual(['grant', 'manifest', 'receipt', 'revoke'])
  })

  it('of asks of both sides themselves, and our "no"', async () => {
    await ana.consent.deny(await scene.asked())
    await ana.consent.createAsk({ ...scene.askFor('music'), to: ben.household })
    await archived()
    const types = typesOf(await exportOf(ana))
    expect(types.filter((type) => type === 'ask')).toHaveLength(2)
    expect(types.filter((type) => type === 'deny')).toHaveLength(1)
  })
})

it.each([1, 2, 3])('the log of an export ends at the newest of %i checkpoints', async (count) => {
  for (let at = 0; at < count; at++) {
    await ana.consent.halt('locked')
    await ana.consent.unhalt('locked')
    await ana.consent.checkpointNow()
  }
  const files = await exportOf(ana)
  expect(linesOf<{ n: number }>(files.get('audit.ndjson')).map(({ n }) => n)).toEqual(Array.from({ length: 2 * count }, (_, at) => at + 1))
  expect(files.get('checkpoints/own.notes')!.split('\n— ')).toHaveLength(count + 1)
})
