import { limits } from '@porchlight/core'
import { roomOf } from '../room.ts'
import type { Contact, Servable } from '../porchlight.ts'
import type { ScopeOf } from '../protocol/define-protocol.ts'
import type { MemoryAsk, MemoryConsent, MemoryGrant } from './memory-consent.ts'
import type { MemoryHome } from './memory-backend.ts'
import type { TestClock } from './test-clock.ts'

export type Answer = 'yes' | 'no' | 'wait'

/** What a person is asked: to give (`ask`), or to take what is given (`offer`). */
export interface Question {
  readonly id: string
  readonly kind: 'ask' | 'offer'
  /** Petname of who asks or offers. */
  readonly contact: string
  readonly protocol: string
  readonly location: string
  readonly scopes: readonly string[]
  readonly why: string
}

export interface Given<P extends Servable> {
  readonly to: string
  readonly protocol: P
  /** Default `main`. */
  readonly location?: string
  /** Default: the required ones. */
  readonly scopes?: readonly ScopeOf<P>[]
  readonly also?: readonly ScopeOf<P>[]
  /** Default 30 days. */
  readonly forMs?: number
}

/** What people of a test household decide. An asker is never told of a "no": its ask lapses. */
export interface TestPerson {
  /** How questions are answered from now on. Those that wait are not answered by it. */
  answers(how: Answer | ((question: Question) => Answer)): void
  /** Questions that wait for an answer. */
  questions(): Question[]
  /** Answers a question that waits, by default the only one. */
  say(answer: 'yes' | 'no', id?: string): void
  /** Offers a grant; in force at once when they say yes. @returns its id */
  give<P extends Servable>(given: Given<P>): string
  /** Ends a grant, given or received, by default the only one in force. Live calls under it end before this returns. */
  stop(id?: string): void
}

interface PersonParts {
  readonly home: MemoryHome
  readonly consent: MemoryConsent
  readonly clock: TestClock
  readonly contact: (ref: string) => Contact
  readonly nameOf: (household: string) => string
  readonly how: Answer | ((question: Question) => Answer)
}

function only<T extends { readonly id: string }>(items: readonly T[], id: string | undefined, what: string): T {
  const found = id === undefined ? items : items.filter((item) => item.id === id)
  if (found.length !== 1)
    throw new Error(
      `${found.length} ${what}${id === undefined ? '' : ` ${id}`}: name one of ${items.map((item) => item.id).join(', ') || 'none'}`,
    )
  return found[0]!
}

/** @returns the person, and what has to be called when a question may be new */
export function testPerson({ home, consent, clock, contact, nameOf, how }: PersonParts): { person: TestPerson; look(): void } {
  let answering = how
  const seen = new Set<string>()

  const asked = (ask: MemoryAsk): Question => ({ ...pickOf(ask), kind: 'ask', contact: nameOf(ask.from), why: ask.why })
  const offered = (grant: MemoryGrant): Question => ({ ...pickOf(grant), kind: 'offer', contact: nameOf(grant.from), why: '' })
  const questions = (): Question[] => [
    ...consent
      .asksOf(home.household)
      .filter(({ to, state }) => to === home.household && state === 'PENDING')
      .map(asked),
    ...consent
      .grantsOf(home.household)
      .filter(({ to, state }) => to === home.household && state === 'OFFERED')
      .map(offered),
  ]
  const decide = ({ id, kind }: Question, answer: Answer): void => {
    if (answer === 'wait') return
    if (kind === 'ask') consent.answer(id, answer === 'yes')
    else consent.take(id, answer === 'yes')
  }

  return {
    look: () => {
      for (const question of questions()) {
        if (seen.has(question.id)) continue
        seen.add(question.id)
        decide(question, typeof answering === 'function' ? answering(question) : answering)
      }
    },
    person: {
      answers: (next) => {
        answering = next
      },
      questions,
      say: (answer, id) => decide(only(questions(), id, 'questions'), answer),
      give: ({ to, protocol, location, scopes, also, forMs = limits.askForMs }) => {
        const terms = {
          protocol,
          location: roomOf(location),
          expMs: clock.now() + forMs,
          ...(scopes && { scopes }),
          ...(also && { also }),
        }
        return consent.offer(home.household, contact(to).household, terms).id
      },
      stop: (id) => {
        const alive = consent.grantsOf(home.household).filter(({ state }) => state === 'ACTIVE' || state === 'OFFERED')
        consent.end(home.household, only(alive, id, 'grants').id)
      },
    },
  }
}

const pickOf = ({ id, protocol, location, scopes }: MemoryAsk | MemoryGrant) => ({ id, protocol, location, scopes })
