import { PorchlightError, type HouseholdId } from '@porchlight/core'
import type { Backend } from '../backend.ts'
import { pickContact } from '../pick-contact.ts'
import type { PorchlightEvent } from '../porchlight.ts'
import { fakeDevice, fakeHousehold } from './fake-ids.ts'
import { memoryBackend, type MemoryHome } from './memory-backend.ts'
import { MemoryConsent } from './memory-consent.ts'
import { TestClock } from './test-clock.ts'
import { testPerson, type Answer, type Question, type TestPerson } from './test-person.ts'

export interface TestOptions {
  /** How every household answers asks and offers, until `person.answers` says otherwise; default yes. */
  readonly consent?: Answer | ((question: Question) => Answer)
  /** Milliseconds since 1970 at which the clock stands; default 1 January 2026. */
  readonly startMs?: number
}

/** One household of an in-memory network. */
export interface Member {
  readonly name: string
  readonly backend: Backend
  /** What people of this household decide. */
  readonly person: TestPerson
  /** Takes it off the network or brings it back: without it its calls end, calls to it are UNREACHABLE, and its contacts hear of it. */
  move(online: boolean): void
}

const januaryMs = Date.UTC(2026, 0, 1)

/** Households in memory that are each other's contacts by their names. @param names  1–32 of them, in lower case; `clock` is taken */
export function memoryNetwork(
  names: readonly string[],
  { consent: how = 'yes', startMs = januaryMs }: TestOptions = {},
): { readonly members: readonly Member[]; readonly clock: TestClock } {
  if (names.length > 32 || new Set([...names, 'clock']).size !== names.length + 1)
    throw new PorchlightError('BAD_REQUEST', 'households need up to 32 different names, none of them "clock"')
  const clock = new TestClock(startMs)
  const homes = names.map((name, n): MemoryHome => {
    const ids = { household: fakeHousehold(n), device: fakeDevice(n) }
    return { name, ...ids, served: new Map(), listeners: new Set(), streams: new Set(), online: true }
  })
  const looks = new Map<HouseholdId, () => void>()
  const tell = (household: HouseholdId, event: PorchlightEvent): void => {
    for (const listener of homes.find((each) => each.household === household)?.listeners ?? []) listener(event)
    // People decide a moment later, as people do: an app's own call is over by then.
    queueMicrotask(() => looks.get(household)?.())
  }
  const consent = new MemoryConsent(clock, tell)

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

  const members = homes.map((home): Member => {
    const others = homes.filter((each) => each !== home)
    const contact = (ref: string) =>
      pickContact(
        others.map(({ name, household }) => ({ household, petname: name, label: name, connected: true, path: null })),
        ref,
      )
    const nameOf = (household: string): string => homes.find((each) => each.household === household)?.name ?? household
    const { person, look } = testPerson({ home, consent, clock, contact, nameOf, how })
    looks.set(home.household, look)
    const backend = memoryBackend({ homes, consent, clock }, home)
    return { name: home.name, backend, person, move: (online) => moved(home, online) }
  })
  return { members, clock }
}
