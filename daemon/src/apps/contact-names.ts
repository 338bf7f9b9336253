import { limits, type HouseholdId } from '@porchlight/core'
import type { HouseholdNode } from '@porchlight/node'

interface Named {
  readonly household: HouseholdId
  readonly petname: string
}

/** Who a name in a call means: every call asks, and the node looks through all contacts for an answer. Forgotten whenever any contact changes. */
export class ContactNames implements Disposable {
  readonly #node: Pick<HouseholdNode, 'contact'>
  readonly #known = new Map<string, Named>()
  readonly #stop: () => void

  constructor(node: Pick<HouseholdNode, 'contact' | 'on'>) {
    this.#node = node
    this.#stop = node.on(({ type }) => {
      if (type === 'contact.added' || type === 'contact.changed' || type === 'contact.removed') this.#known.clear()
    })
  }

  /** @param ref petname, label, household id or at least 6 characters of it @throws `BAD_REQUEST` with reason `unknown-contact` or `ambiguous` */
  find(ref: string): Named {
    const known = this.#known.get(ref)
    if (known) return known
    const { household, petname } = this.#node.contact(ref)
    if (this.#known.size >= limits.contactNamesRemembered) this.#known.clear()
    const named = { household, petname }
    this.#known.set(ref, named)
    return named
  }

  /** Our own name for a household; `''` when it is no contact any more. */
  petnameOf(household: string): string {
    try {
      return this.find(household).petname
    } catch {
      return ''
    }
  }

  [Symbol.dispose](): void {
    this.#stop()
  }
}
