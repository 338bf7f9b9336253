import { asPorchlightError, type DeviceId } from '@porchlight/core'
import { chainBytes, type ChainBytes } from '@porchlight/identity'
import type { Mesh } from '@porchlight/mesh'
import { present, servePresent, type PresentHost } from '@porchlight/protocol-household'
import { idOfEnvelope } from '@porchlight/wire'
import type { ContactBook } from './contact-book.ts'
import type { Own } from './own-household.ts'

export interface PresentingOptions {
  readonly own: Own
  readonly contacts: ContactBook
  readonly mesh: () => Mesh
  readonly log: (event: string, fields: Record<string, unknown>) => void
  readonly wait?: (ms: number) => Promise<void>
}

const none: ChainBytes = { documents: [], suspensions: [] }

/**
 * Says whose this device is, and hears whose others are: to every device of a contact or of our own when a connection to it comes up, and to
 * all that are connected when our own documents change.
 */
export class Presenting {
  readonly #options: PresentingOptions
  readonly #running = new Map<DeviceId, { again: boolean; done: Promise<void> }>()
  readonly #closing = new AbortController()

  constructor(options: PresentingOptions) {
    this.#options = options
  }

  /** The answering side of `present`. */
  handler(): ReturnType<typeof servePresent> {
    const host: PresentHost = {
      take: (device, said) => this.#take(device, said),
      wait: this.#options.wait ?? ((ms) => new Promise((resolve) => void setTimeout(resolve, ms))),
    }
    return servePresent(host)
  }

  /** Presents this device to another one that a contact or we ourselves named; nobody else is told anything. Never rejects. */
  to(device: DeviceId): Promise<void> {
    const running = this.#running.get(device)
    if (running) {
      running.again = true
      return running.done
    }
    const state = { again: true, done: Promise.resolve() }
    this.#running.set(device, state)
    state.done = this.#present(device, state)
    return state.done
  }

  /** Presents this device to all that are connected. */
  toAll(): void {
    for (const device of new Set(
      this.#options
        .mesh()
        .connections()
        .map((connection) => connection.device),
    ))
      void this.to(device)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  async #take(device: DeviceId, { own: said, yours }: { own: ChainBytes; yours: ChainBytes }): Promise<ChainBytes | undefined> {
    const { own, contacts } = this.#options
    const claimed = claimedBy(said)
    if (claimed === undefined) return undefined
    if (claimed === own.household) {
      await own.learn(said)
      return own.names(device) && contacts.householdOf(device) === undefined ? chainBytes(own.chain) : undefined
    }
    const contact = contacts.list().find(({ household }) => household === claimed)
    if (!contact || !(await contacts.learn(contact.household, device, said))) return undefined
    await own.learn(yours)
    return chainBytes(own.chain)
  }

  async #present(device: DeviceId, state: { again: boolean }): Promise<void> {
    const { own, contacts, mesh, log } = this.#options
    while (state.again && !this.#closing.signal.aborted) {
      state.again = false
      const contact = contacts.namedBy(device)
      if (contact === undefined && !own.names(device)) break
      try {
        const chain = contact && contacts.chainOf(contact)
        const said = { own: chainBytes(own.chain), yours: chain ? chainBytes(chain) : none }
        const shown = await present(mesh().call, device, said, { signal: this.#closing.signal })
        const claimed = claimedBy(shown)
        if (claimed !== undefined && claimed === contact) await contacts.learn(contact, device, shown)
        else if (claimed === own.household) await own.learn(shown)
      } catch (error) {
        // The next connection tries again.
        log('present.not-done', { device, code: asPorchlightError(error).code })
      }
    }
    this.#running.delete(device)
  }
}

/** The household that a chain claims to be of: the id of its first document, unopened. */
function claimedBy({ documents: [first] }: ChainBytes): string | undefined {
  try {
    return first && idOfEnvelope(first)
  } catch {
    return undefined
  }
}
