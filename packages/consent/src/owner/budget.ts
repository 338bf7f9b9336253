/** How many devices of the household serve, and which of them this is, from 0, in the order of the household document. */
export interface ServingDevices {
  readonly count: number
  readonly index: number
}

/**
 * The part of a limit that one device may use by itself: the shares of all serving devices add up to the limit, and never to more.
 *
 * @see protocols/consent/SPEC.md#limits-of-a-grant
 */
export function shareOf(limit: number, { count, index }: ServingDevices): number {
  if (!(count >= 1) || !(index >= 0 && index < count)) return 0
  return Math.floor(limit / count) + (index < limit % count ? 1 : 0)
}

/** What this device may use of an amount, also by what it knows that the others used. */
export const boundOf = (limit: number | undefined, serving: ServingDevices, byOthers: number): number =>
  limit === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Math.min(shareOf(limit, serving), limit - byOthers))

/**
 * An amount that is used up, and how much of it is written down as used. Writing goes ahead of using, so that a crash counts too much and never too
 * little. Pure: it holds numbers and decides nothing by itself.
 */
export class Budget {
  #used: number
  #written: number

  /** @param written  what an earlier run wrote down: all of it counts as used */
  constructor(written: number) {
    this.#used = written
    this.#written = written
  }

  get used(): number {
    return this.#used
  }

  get written(): number {
    return this.#written
  }

  /** What may be used without writing first. */
  get covered(): number {
    return this.#written - this.#used
  }

  use(amount: number): void {
    this.#used += amount
  }

  /** It is on the disk that up to `amount` is used. */
  wrote(amount: number): void {
    this.#written = Math.max(this.#written, amount)
  }

  /** What to write down so that `amount` more may be used, and some of what will come after it. */
  ahead(amount: number, chunk: number, bound: number): number {
    return Math.max(this.#written, Math.min(bound, this.#used + amount + chunk))
  }

  /** Nothing is left of it. */
  exhaust(bound: number): void {
    this.#used = Math.max(this.#used, bound)
  }
}
