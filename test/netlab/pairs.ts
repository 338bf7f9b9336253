import type { HomeKind } from './nat.ts'

/** Two homes, and how they are to reach each other. */
export interface Pair {
  readonly name: string
  readonly a: HomeKind
  readonly b: HomeKind
  readonly ipv6?: 'only'
  /** Direct where physics lets one TCP socket meet another; the rest works over the relay. */
  readonly goal: 'direct' | 'relayed'
}

/** Every pair that is measured. A symmetric router gives away a port that nobody could have foretold, and the other side's has to be told. */
export const pairs: readonly Pair[] = [
  { name: 'public–public', a: 'public', b: 'public', goal: 'direct' },
  { name: 'full–full', a: 'full', b: 'full', goal: 'direct' },
  { name: 'cone–cone', a: 'cone', b: 'cone', goal: 'direct' },
  { name: 'reject–reject', a: 'reject', b: 'reject', goal: 'direct' },
  { name: 'cgnat–cone', a: 'cgnat', b: 'cone', goal: 'direct' },
  { name: 'full–sym', a: 'full', b: 'sym', goal: 'relayed' },
  { name: 'cone–sym', a: 'cone', b: 'sym', goal: 'relayed' },
  { name: 'sym–sym', a: 'sym', b: 'sym', goal: 'relayed' },
  { name: 'UDP-blocked–cone', a: 'udpblk', b: 'cone', goal: 'direct' },
  { name: 'IPv6, stateful firewalls', a: 'cone', b: 'cone', ipv6: 'only', goal: 'direct' },
]

/** What is promised of each pair. */
export const goals = {
  /** Round trip between the homes at which it is promised. */
  roundTripMs: 80,
  /** Of the runs of a pair whose goal is `direct`. */
  directShare: 19 / 20,
  /** Median of the time until a new call takes the direct way. */
  directMs: 1000,
  /** Median of the time to the first byte, as a multiple of the raw way through the relay. */
  firstByteOverRaw: 1.3,
  /**
   * Exchanges, each waiting for the one before, until a call's first answer is there, for one who is connected to the relay already: half of
   * one to agree with the relay on its protocol, one for the circuit, half of one within it for the relay to agree with the other home, the
   * choice of noise, its handshake, the choice of the gate's protocol, the call.
   */
  rawExchanges: 6,
} as const
