import { PorchlightError, type HouseholdId } from '@porchlight/core'
import { pickContact } from '../pick-contact.ts'
import type { Porchlight, PorchlightEvent } from '../porchlight.ts'
import { porchlightOver } from '../porchlight-over.ts'
import { fakeDevice, fakeHousehold } from './fake-ids.ts'
import { memoryBackend, type MemoryHome } from './memory-backend.ts'
import { MemoryConsent } from './memory-consent.ts'
import { TestClock } from './test-clock.ts'
import { testPerson, type Answer, type Question, type TestPerson } from './test-person.ts'

/** A household in memory: the object that an app holds, and what a test does around it. */
export interface TestHousehold extends Porchlight {
  /** What people of this household decide. */
  readonly person: TestPerson
  /** Takes it off the network: its calls end, calls to it are UNREACHABLE, its contacts hear that it went. */
  goOffline(): void
  goOnline(): void
}

export interface TestOptions {
  /** How every household answers asks and offers, until `person.answers` says otherwise; default yes. */
  readonly consent?: Answer | ((question: Question) => Answer)
  /** Milliseconds since 1970 at which the clock stands; default 1 January 2026. */
  readonly startMs?: number
}

export type TestHouseholds<Name extends string> = { readonly [N in Name]: TestHousehold } & { readonly clock: TestClock } & AsyncDisposable

const januaryMs = Date.UTC(2026, 0, 1)

/**
 * Households in memory that are each other's contacts by their names: the real frames, calls and backpressure, no network, no disk, no keys, and
 * nothing that keeps a test runner from ending. Default deny, as everywhere: a call needs a grant, and a grant an ask or `person.give`.
 *
 * @param names  1–32 names in lower case; `clock` is taken
 */
export function households<const Name extends string>(
  names: readonly Name[],
  { consent: how = 'yes', startMs = januaryMs }: TestOptions = {},
): TestHouseholds<Name> {
  if (names.length > 32 || new Set([...names, 'clock']).size !== names.length + 1)
    throw new PorchlightError('BAD_REQUEST', 'households need up to 32 different names, none of them "clock"')
  const clock = new TestClock(startMs)
  const homes = names.map((name, n): MemoryHome => {
    return {
      name,
      household: fakeHousehold(n),
      device: fakeDevice(n),
      served: new Map(),
      listeners: new Set(),
      streams: new Set(),
      online: true,
    }
  })
  const tell = (household: HouseholdId, event: PorchlightEvent): void => {
    const home = homes.find((each) => each.household === household)
    for (const listener of home?.listeners ?? []) listener(event)
    // People decide a moment later, as people do: an app's own call is over by then.
    queueMicrotask(() => persons.get(household)?.look())
  }
  const consent = new MemoryConsent(clock, tell)
  const network = { homes, consent, clock }
  const persons = new Map<HouseholdId, ReturnType<typeof testPerson>>()

  const moved = (home: MemoryHome, online: boolean): void => {
    if (home.online === online) return
    home.online = online
    if (!online) for (const stream of home.streams) stream.abort(new PorchlightError('CLOSED', 'the connection ended'))
    const type = online ? 'contact.connected' : 'contact.disconnected'
    for (const other of homes.filter((each) => each !== home && each.online)) {
      tell(home.household, { type, household: other.household })
      tell(other.household, { type, household: home.household })
    }
  }

  const made = homes.map((home) => {
    const backend = memoryBackend(network, home)
    const contacts = homes.filter((each) => each !== home)
    const contact = (ref: string) =>
      pickContact(
        contacts.map(({ name, household }) => ({ household, petname: name, label: name, connected: true, path: null })),
        ref,
      )
    const nameOf = (household: string): string => homes.find((each) => each.household === household)?.name ?? household
    const { person, look } = testPerson({ home, consent, clock, contact, nameOf, how })
    persons.set(home.household, { person, look })
    const porchlight = porchlightOver(backend)
    return [home.name, { ...porchlight, person, goOffline: () => moved(home, false), goOnline: () => moved(home, true) }] as const
  })
  return {
    ...(Object.fromEntries(made) as { readonly [N in Name]: TestHousehold }),
    clock,
    [Symbol.asyncDispose]: async () => {
      for (const [, household] of made) await household[Symbol.asyncDispose]()
    },
  }
}
