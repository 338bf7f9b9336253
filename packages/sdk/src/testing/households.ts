import type { Porchlight } from '../porchlight.ts'
import { porchlightOver } from '../porchlight-over.ts'
import { memoryNetwork, type TestOptions } from './memory-network.ts'
import type { TestClock } from './test-clock.ts'
import type { TestPerson } from './test-person.ts'

/** A household in memory: the object that an app holds, and what a test does around it. */
export interface TestHousehold extends Porchlight {
  /** What people of this household decide. */
  readonly person: TestPerson
  /** Takes it off the network: its calls end, calls to it are UNREACHABLE, its contacts hear that it went. */
  goOffline(): void
  goOnline(): void
}

export type TestHouseholds<Name extends string> = { readonly [N in Name]: TestHousehold } & { readonly clock: TestClock } & AsyncDisposable

/**
 * Households in memory that are each other's contacts by their names: the real frames, calls and backpressure, no network, no disk, no keys, and
 * nothing that keeps a test runner from ending. Default deny, as everywhere: a call needs a grant, and a grant an ask or `person.give`.
 *
 * @param names  1–32 names in lower case; `clock` is taken
 */
export function households<const Name extends string>(names: readonly Name[], options: TestOptions = {}): TestHouseholds<Name> {
  const { members, clock } = memoryNetwork(names, options)
  const made = members.map(({ name, backend, person, move }) => {
    const household = { ...porchlightOver(backend), person, goOffline: () => move(false), goOnline: () => move(true) }
    return [name, household] as const
  })
  return {
    ...(Object.fromEntries(made) as { readonly [N in Name]: TestHousehold }),
    clock,
    [Symbol.asyncDispose]: async () => {
      for (const [, household] of made) await household[Symbol.asyncDispose]()
    },
  }
}
