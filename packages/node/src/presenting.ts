import { asPorchlightError, type DeviceId, type HouseholdId, type PorchlightError } from '@porchlight/core'
import { chainBytes, type ChainBytes } from '@porchlight/identity'
import type { Mesh } from '@porchlight/mesh'
import { present, servePresent, type PresentHost, type Said, type Shown } from '@porchlight/protocol-household'
import { idOfEnvelope } from '@porchlight/wire'
import type { CheckpointExchange } from './checkpoint-exchange.ts'
import type { ContactBook } from './contact-book.ts'
import type { Own } from './own-household.ts'
import { unlessAborted } from './unless-aborted.ts'

export interface PresentingOptions {
  readonly own: Own
  readonly contacts: ContactBook
  readonly checkpoints: Pick<CheckpointExchange, 'shownTo' | 'take'>
  readonly mesh: () => Mesh
  readonly log: (event: string, fields: Record<string, unknown>) => void
  readonly wait?: (ms: number) => Promise<void>
}

interface Run {
  again: boolean
  done: Promise<void>
  error: PorchlightError | undefined
}

const none: ChainBytes = { documents: [], suspensions: [] }

/**
 * Says whose this device is and how long its log, and hears that of others: to every device of a contact or of our own when a connection to it
 * comes up, and to all that are connected when our own documents change or a checkpoint was signed.
 */
export class Presenting {
  readonly #options: PresentingOptions
  readonly #running = new Map<DeviceId, Run>()
  /** Devices that were told whose this one is, since the start. */
  readonly #told = new Set<DeviceId>()
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
    const state: Run = { again: true, done: Promise.resolve(), error: undefined }
    this.#running.set(device, state)
    state.done = this.#present(device, state)
    return state.done
  }

  /**
   * To be waited for before a call: a device that was added later is refused by a contact until it said whose it is, once.
   *
   * @throws `UNREACHABLE`, or the reason of `signal`
   */
  async before(device: DeviceId, signal?: AbortSignal): Promise<void> {
    // The first document names one device, and pairing showed that one.
    if (this.#options.own.chain.documents.length === 1 || this.#told.has(device)) return
    if (!this.#running.has(device)) void this.to(device)
    const run = this.#running.get(device)
    await unlessAborted(run?.done ?? Promise.resolve(), signal)
    if (run?.error?.code === 'UNREACHABLE') throw run.error
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

  async #take(device: DeviceId, { own: said, yours, checkpoints }: Said): Promise<Shown | undefined> {
    const { own, contacts } = this.#options
    const claimed = claimedBy(said)
    if (claimed === undefined) return undefined
    if (claimed === own.household) {
      await own.learn(said)
      if (!own.names(device) || contacts.householdOf(device) !== undefined) return undefined
      return own.isOurs(device) ? this.#exchange(checkpoints, own.household) : { ...chainBytes(own.chain), checkpoints: [] }
    }
    const contact = contacts.list().find(({ household }) => household === claimed)
    if (!contact || !(await contacts.learn(contact.household, device, said))) return undefined
    await own.learn(yours)
    return this.#exchange(checkpoints, contact.household)
  }

  /** Answers with what was held before: where the other side went on from an older log than that, it sees its own newer signature. */
  async #exchange(notes: readonly Uint8Array[], household: HouseholdId): Promise<Shown> {
    const { own, checkpoints } = this.#options
    const shown = { ...chainBytes(own.chain), checkpoints: checkpoints.shownTo(household) }
    await checkpoints.take(notes, household)
    return shown
  }

  async #present(device: DeviceId, state: Run): Promise<void> {
    const { own, contacts, checkpoints, mesh, log } = this.#options
    while (state.again && !this.#closing.signal.aborted) {
      state.again = false
      const contact = contacts.namedBy(device)
      if (contact === undefined && !own.names(device)) break
      try {
        const chain = contact && contacts.chainOf(contact)
        const household = contact ?? (own.isOurs(device) ? own.household : undefined)
        const notes = household ? checkpoints.shownTo(household) : []
        const said = { own: chainBytes(own.chain), yours: chain ? chainBytes(chain) : none, checkpoints: notes }
        const shown = await present(mesh().call, device, said, { signal: this.#closing.signal })
        state.error = undefined
        this.#told.add(device)
        const claimed = claimedBy(shown)
        if (claimed !== undefined && claimed === contact) {
          if (await contacts.learn(contact, device, shown)) await checkpoints.take(shown.checkpoints, contact)
        } else if (claimed === own.household) {
          await own.learn(shown)
          if (own.isOurs(device)) await checkpoints.take(shown.checkpoints, own.household)
        }
      } catch (error) {
        // The next connection tries again.
        state.error = asPorchlightError(error)
        log('present.not-done', { device, code: state.error.code })
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
