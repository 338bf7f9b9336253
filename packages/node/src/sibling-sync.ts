import { asPorchlightError, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { factTypes, type Consent, type Fact, type FactKind } from '@porchlight/consent'
import type { Mesh } from '@porchlight/mesh'
import {
  siblingsProtocol,
  type Cursor,
  type FactsPage,
  type FactsRequest,
  type Heard,
  type LogPlace,
  type SentUsage,
} from '@porchlight/protocol-household'
import type { SiblingLogs } from './sibling-logs.ts'
import { UsageTurns } from './usage-turns.ts'

export interface SiblingSyncOptions {
  readonly consent: Pick<Consent, 'siblings' | 'usage' | 'learnUsage'>
  readonly mesh: () => Pick<Mesh, 'call' | 'isConnected' | 'device'>
  /** Devices of our own household in force now, this one among them. */
  readonly devices: () => readonly DeviceId[]
  readonly logs: Pick<SiblingLogs, 'readOf' | 'end' | 'told' | 'caughtUp'>
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

/**
 * Keeps the devices of one household at the same facts: everything is read when a connection comes up, and again when the other one says that
 * it knows something new. Where a reader stands is kept in memory only: after a restart the list is read again, and what is known costs nothing.
 *
 * @see protocols/household/SPEC.md#siblings
 */
export class SiblingSync {
  readonly #options: SiblingSyncOptions
  readonly #cursors = new Map<DeviceId, Cursor | null>()
  readonly #running = new Map<DeviceId, { again: boolean; done: Promise<void> }>()
  readonly #closing = new AbortController()
  readonly #firstRead = Promise.withResolvers<void>()
  readonly #usage: UsageTurns
  #hinting = false

  readonly #failures = new Map<DeviceId, number>()
  readonly #retries = new Map<DeviceId, NodeJS.Timeout>()

  constructor(options: SiblingSyncOptions) {
    this.#options = options
    this.#usage = new UsageTurns(options.consent)
  }

  /** Other devices of our household that are in force. */
  siblings(): DeviceId[] {
    const { devices, mesh } = this.#options
    return devices().filter((device) => device !== mesh().device)
  }

  /** Answers `facts`. @throws `DENIED` for everybody but a sibling, as if there were no such method */
  async facts({ after, heard, usage, read }: FactsRequest, device: DeviceId): Promise<FactsPage> {
    this.#mustBeSibling(device)
    const { consent, logs } = this.#options
    this.#heard(device, heard)
    await this.#used(device, usage)
    await logs.told(device, read)
    // Before the page: the facts of every entry up to there are in it, or in an earlier one.
    const end = await logs.end()
    const page = consent.siblings.facts(after)
    const [log, known] = [page.more ? null : end, await logs.readOf(device)]
    return { ...page, heard: consent.siblings.ages(), checkpoints: [], usage: this.#usage.next(), log, read: known }
  }

  /** Answers `changed`. @throws as `facts` */
  changed(device: DeviceId): void {
    this.#mustBeSibling(device)
    this.#options.consent.siblings.heard(device)
    void this.read(device)
  }

  /** This device learned something: tells the siblings that are connected, once for a burst. */
  tell(): void {
    if (this.#hinting) return
    this.#hinting = true
    queueMicrotask(() => {
      this.#hinting = false
      const { mesh } = this.#options
      for (const device of this.siblings()) if (mesh().isConnected(device)) void this.#hint(device)
    })
  }

  /** Reads what all connected siblings know. */
  readAll(): void {
    const { mesh } = this.#options
    for (const device of this.siblings()) if (mesh().isConnected(device)) void this.read(device)
  }

  /** Reads everything that a sibling knows and this device does not. Never rejects. @returns when it is done, or given up until next time */
  read(device: DeviceId): Promise<void> {
    const running = this.#running.get(device)
    if (running) {
      running.again = true
      return running.done
    }
    const state = { again: true, done: Promise.resolve() }
    this.#running.set(device, state)
    state.done = this.#read(device, state)
    return state.done
  }

  /** Resolves when everything that a sibling had was read once since the start; at once for a household of one device. */
  async synced(): Promise<void> {
    if (this.siblings().length > 0) await this.#firstRead.promise
  }

  async close(): Promise<void> {
    this.#closing.abort(new PorchlightError('CLOSED', 'the node is stopping'))
    for (const timer of this.#retries.values()) clearTimeout(timer)
    await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  #mustBeSibling(device: DeviceId): void {
    if (!this.siblings().includes(device)) throw new PorchlightError('DENIED', 'not a device of this household')
  }

  #heard(device: DeviceId, heard: readonly Heard[]): void {
    const { siblings } = this.#options.consent
    siblings.heard(device)
    // A device that is suspended, or that is nobody's, is not heard of through a third either.
    const ours = this.siblings()
    for (const each of heard) if (ours.includes(each.device)) siblings.heard(each.device, each.ageSec)
  }

  /** A device speaks of its own use only. */
  #used(device: DeviceId, usage: readonly SentUsage[]): Promise<void> {
    return this.#options.consent.learnUsage(
      device,
      usage.map((row) => ({ ...row, device, calls: false })),
    )
  }

  async #hint(device: DeviceId): Promise<void> {
    const { mesh, log } = this.#options
    try {
      const { input } = siblingsProtocol.methods.changed
      const request = { protocol: siblingsProtocol.id, method: 'changed', payload: input.encode({}) }
      await (await mesh().call(device, request, { signal: this.#closing.signal })).result()
    } catch (error) {
      // It reads when the connection comes up again.
      log('siblings.not-told', { device, code: asPorchlightError(error).code })
    }
  }

  async #read(device: DeviceId, state: { again: boolean }): Promise<void> {
    const { log } = this.#options
    try {
      while (state.again && !this.#closing.signal.aborted && this.siblings().includes(device)) {
        state.again = false
        await this.#readOn(device)
      }
      this.#failures.delete(device)
    } catch (error) {
      log('siblings.not-read', { device, code: asPorchlightError(error).code })
      this.#readSoon(device)
    } finally {
      this.#running.delete(device)
    }
  }

  /** Of two connections to a sibling one is closed, with what was being read over it; the other stays, so none comes up that would be read on. */
  #readSoon(device: DeviceId): void {
    const failures = this.#failures.get(device) ?? 0
    this.#failures.set(device, failures + 1)
    clearTimeout(this.#retries.get(device))
    if (this.#closing.signal.aborted) return
    const again = (): void => {
      this.#retries.delete(device)
      if (this.siblings().includes(device) && this.#options.mesh().isConnected(device)) void this.read(device)
    }
    const afterMs = Math.min(limits.siblingAgainMs * 2 ** failures, limits.siblingReadMs)
    this.#retries.set(device, setTimeout(again, afterMs).unref())
  }

  async #readOn(device: DeviceId): Promise<void> {
    const { consent, logs, log } = this.#options
    let cursor = this.#cursors.get(device) ?? null
    const isWhole = cursor === null
    let isComplete = true
    let end: LogPlace | null
    for (;;) {
      const page = await this.#page(device, cursor)
      this.#heard(device, page.heard)
      // Before the grants that it speaks of: none is served here without it.
      await this.#used(device, page.usage)
      const learned = await consent.siblings.learn(page.facts.flatMap(factOf))
      if (learned.dropped > 0) isComplete = false
      if (learned.refused > 0) log('siblings.refused', { device, facts: learned.refused })
      cursor = page.cursor
      end = page.log
      await logs.told(device, page.read)
      if (!page.more) break
    }
    const { waiting, dropped } = await consent.siblings.retry()
    // A text that was dropped here came before the place at which this reading began.
    if (!isWhole && consent.siblings.lacksText()) isComplete = false
    // What waits is in memory only: it is read again after a restart, and until then this device does not have everything.
    if (isComplete && waiting + dropped === 0) await logs.caughtUp(device, end)
    // What found no room among the facts that wait is asked for again next time, from the start.
    this.#cursors.set(device, isComplete ? cursor : null)
    this.#firstRead.resolve()
  }

  async #page(device: DeviceId, after: Cursor | null): Promise<FactsPage> {
    const { input, output } = siblingsProtocol.methods.facts
    const { consent, logs } = this.#options
    const payload = input.encode({ after, heard: consent.siblings.ages(), usage: this.#usage.next(), read: await logs.readOf(device) })
    const request = { protocol: siblingsProtocol.id, method: 'facts', payload }
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(limits.siblingAnswerMs)])
    const running = await this.#options.mesh().call(device, request, { signal })
    return output.decode(await running.result())
  }
}

/** A kind that this version does not know is left: a newer device may have it. */
const factOf = ({ kind, id, bytes }: { kind: string; id: Fact['id']; bytes: Uint8Array }): Fact[] =>
  Object.hasOwn(factTypes, kind) ? [{ kind: kind as FactKind, id, bytes }] : []
