import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { ContactBook } from './contact-book.ts'

/** What a call is about: which device of the household answered it last is tried first. */
export interface CallPlace {
  readonly to: HouseholdId
  readonly protocol: string
  readonly location: string
}

const nameOf = ({ to, protocol, location }: CallPlace): string => `${to}\n${protocol}\n${location}`

/**
 * Which devices of a household to call, and in which order. A household serves an app on one of its devices, and nobody is told on which:
 * whoever answered last comes first, whoever said no comes last, and connected ones come before the others.
 */
export class DeviceChoice {
  readonly #contacts: Pick<ContactBook, 'devicesOf' | 'get'>
  readonly #isConnected: (device: DeviceId) => boolean
  readonly #answered = new Map<string, DeviceId>()
  readonly #refused = new Map<string, Set<DeviceId>>()

  constructor(contacts: Pick<ContactBook, 'devicesOf' | 'get'>, isConnected: (device: DeviceId) => boolean) {
    this.#contacts = contacts
    this.#isConnected = isConnected
  }

  /**
   * At most `limits.devicesPerCall`, best first; empty for an unknown household.
   *
   * @param serving  whether the call needs a grant, and so a device that serves
   */
  candidates(place: CallPlace, serving: boolean): readonly DeviceId[] {
    const shown = this.#contacts.get(place.to)?.devices ?? []
    const answered = this.#answered.get(nameOf(place))
    const refused = this.#refused.get(nameOf(place))
    const rank = (device: DeviceId): number =>
      (device === answered ? 0 : refused?.has(device) ? 4 : 2) + (this.#isConnected(device) ? 0 : 1)
    return this.#contacts
      .devicesOf(place.to)
      .filter(({ key, caps }) => shown.includes(key) && (!serving || caps.includes('serve')))
      .map(({ key }) => key)
      .toSorted((one, other) => rank(one) - rank(other))
      .slice(0, limits.devicesPerCall)
  }

  answered(place: CallPlace, device: DeviceId): void {
    const name = nameOf(place)
    this.#refused.get(name)?.delete(device)
    remember(this.#answered, name, device)
  }

  refused(place: CallPlace, device: DeviceId): void {
    const name = nameOf(place)
    if (this.#answered.get(name) === device) this.#answered.delete(name)
    remember(this.#refused, name, (this.#refused.get(name) ?? new Set()).add(device))
  }
}

/** The oldest goes when there are too many. */
function remember<T>(map: Map<string, T>, name: string, value: T): void {
  map.delete(name)
  map.set(name, value)
  if (map.size > limits.devicesRemembered) map.delete(map.keys().next().value!)
}
