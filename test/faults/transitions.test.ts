import { askTransitions, grantTransitions, heldTransitions } from '@porchlight/consent'
import { commitFaults, memoryLedger } from '@porchlight/consent/testing'
import { describe, expect, it, test } from 'vitest'
import { askScenarios, grantScenarios, heldScenarios, type Scenario } from './scenarios.ts'
import { tearsIn } from './whole.ts'
import { makeWorld, restarted, settled, type World } from './world.ts'

interface Machine {
  readonly what: string
  readonly table: Readonly<Record<string, Readonly<Record<string, string | undefined>>>>
  readonly scenarios: Readonly<Record<string, Scenario>>
  readonly stateOf: (world: World, id: string) => string
}

const machines: readonly Machine[] = [
  {
    what: 'a grant',
    table: grantTransitions,
    scenarios: grantScenarios,
    stateOf: ({ ana }, id) => ana.consent.grants().find((each) => each.id === id)?.state ?? 'NONE',
  },
  {
    what: 'an ask',
    table: askTransitions,
    scenarios: askScenarios,
    stateOf: ({ ana }, id) => ana.consent.asks().find((each) => each.id === id)?.state ?? 'NONE',
  },
  {
    what: 'a held grant',
    table: heldTransitions,
    scenarios: heldScenarios,
    stateOf: ({ ana }, id) => ana.consent.held().find((each) => each.id === id)?.state ?? 'NONE',
  },
]

const rowsOf = ({ table }: Machine): string[] =>
  Object.entries(table).flatMap(([from, events]) => Object.keys(events).map((event) => `${from} ${event}`))
const rowOf = (name: string): string => name.split(',', 1)[0]!

describe.each(machines)('$what', (machine) => {
  const { table, scenarios, stateOf } = machine

  test('has a fault test for every transition of its table', () => {
    const covered = new Set(Object.keys(scenarios).map(rowOf))
    expect([...covered].toSorted()).toEqual(rowsOf(machine).toSorted())
  })

  describe.each(Object.entries(scenarios))('%s', (name, { prepare, act, byClock }) => {
    const [from = '', event = ''] = rowOf(name).split(' ')
    const to = table[from]![event]!
    const before = from === 'REVOKING' ? 'ACTIVE' : from
    const durable = (state: string): string => (state === 'REVOKING' ? 'REVOKED' : state)

    it.each(commitFaults)('survives "%s" at any of its writes: wholly there or not at all, and it can be done again', async (fault) => {
      const memory = memoryLedger()
      const world = await makeWorld({ ana: memory, ben: memoryLedger() })
      const id = await prepare(world)
      expect(stateOf(world, id)).toBe(from)
      world.ledger.fault = fault
      const outcome = await Promise.race([
        act(world, id).then(
          () => 'acknowledged',
          () => 'failed',
        ),
        world.ledger.killed.then(() => 'killed'),
      ])
      if (outcome !== 'killed') await settled(world)
      const wrote = world.ledger.met > 0
      if (wrote && to === 'REVOKING') expect(stateOf(world, id)).toBe('REVOKING')

      world.ledger.fault = undefined
      const again = await restarted(world, memory)
      const found = stateOf(again, id)
      expect([before, durable(to)]).toContain(found)
      if (fault === 'killed-after' && wrote && !byClock) expect(found).toBe(durable(to))
      if (fault === 'killed-before' && wrote) expect(found).toBe(before)
      expect(await tearsIn(memory)).toEqual([])
      expect(await again.ana.consent.verifyLog()).toMatchObject({ ok: true })

      if (found === before && found !== durable(to)) {
        if (from === 'REVOKING') await again.ana.consent.revoke(id)
        else await act(again, id).catch(() => {})
        await settled(again)
        expect(stateOf(again, id)).toBe(durable(to))
        expect(await tearsIn(memory)).toEqual([])
      }
    })
  })
})
