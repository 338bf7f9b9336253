import type { DeviceId } from '@porchlight/core'

/** Permission to carry one circuit; it is registered as live when it is returned. */
export interface RelayLease {
  /** Aborts when the permission ends: revoked, expired, used up, locked. */
  readonly signal: AbortSignal
  /**
   * Counts bytes before they are passed on. Each byte counts once, in the direction in which the reserved device sees it.
   *
   * @param sent      bytes towards the reserved device
   * @param received  bytes from it
   * @returns         `undefined` when they may go at once; otherwise a promise of it, which rejects when the lease is over
   */
  charge?(sent: number, received: number): Promise<void> | undefined
  /** To be called once when the circuit is over. */
  done(): void
}

/** For whom a relay works. Both are asked in one synchronous tick and must not throw. */
export interface RelayRules {
  /** Whether a device may have a place here now. Asked at each reservation, at each renewal and by `review`. */
  mayReserve(device: DeviceId): boolean
  /** One more circuit to a device that has a place. @returns `undefined` to refuse */
  carry(device: DeviceId): RelayLease | undefined
}

/** A device that has a place on this relay. */
export interface RelayClient {
  readonly device: DeviceId
  /** Milliseconds since 1970. */
  readonly sinceMs: number
  readonly expiresMs: number
  /** Connections carried to it at the moment. */
  readonly circuits: number
  /** Bytes carried for it since it has this place, both ways. */
  readonly carriedBytes: number
}

/** Being a relay. Off until started. */
export interface Relaying {
  readonly isOn: boolean
  /** Carries for whom the rules allow; again with other rules replaces them and reviews. */
  start(rules: RelayRules): Promise<void>
  /** Ends every circuit and every place at once. */
  stop(): Promise<void>
  /** Asks the rules again about every place, and ends those that they allow no more, with their circuits. */
  review(): void
  clients(): RelayClient[]
}

/** A device that may carry for us, and where it is. */
export interface KnownRelay {
  readonly device: DeviceId
  readonly addresses: readonly string[]
  /** Asked for a place only once it has said that it is a relay, as another device of our household need not be one; kept connected for other reasons. */
  readonly ifRelay?: boolean
}

/**
 * `held`: others reach us through it. `asking`: about to be. `unreachable`: no direct connection to it. `refused`: it said no, or is no relay.
 * `spare`: enough others are held.
 */
export type ReservationState = 'held' | 'asking' | 'unreachable' | 'refused' | 'spare'

/** A place on somebody's relay, or the wish for one. */
export interface Reservation {
  readonly relay: DeviceId
  readonly state: ReservationState
  /** Milliseconds since 1970 since which the state holds. */
  readonly sinceMs: number
  /** Addresses with `/p2p-circuit` under which others reach us through it; empty unless held. */
  readonly addresses: readonly string[]
  /** Bytes that came and went through it to us since the start of this node, both ways. */
  readonly carriedBytes: number
}
