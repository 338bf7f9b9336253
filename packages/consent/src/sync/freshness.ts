import { asPorchlightError, limits, type DeviceId, type ObjectId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import { putHeard } from '../ledger/state.ts'
import type { Suspending } from '../owner/suspending.ts'
import { isOver } from '../states/grant-states.ts'

/**
 * How long a device goes on serving what another device granted without hearing of it. A device that is cut off from its household could
 * serve under a grant that was revoked long ago: `grant.fresh` bounds that.
 */
export class Freshness {
  readonly #context: ConsentContext
  readonly #suspending: Pick<Suspending, 'suspend' | 'clear'>
  readonly #heard = new Map<DeviceId, number>()
  /** Changes under way, so that each is asked for once. */
  readonly #moving = new Set<ObjectId>()

  constructor(context: ConsentContext, suspending: Pick<Suspending, 'suspend' | 'clear'>) {
    this.#context = context
    this.#suspending = suspending
    for (const { device, atMs } of context.state.heard.values()) this.#heard.set(device, atMs)
  }

  /** @see Siblings.heard */
  heard(device: DeviceId, ageSec: number): void {
    const { clock, self, state, journal } = this.#context
    const atMs = clock.now() - ageSec * 1000
    if (device === self.device || !(atMs > (this.#heard.get(device) ?? -1))) return
    if (!this.#heard.has(device) && this.#heard.size >= limits.devicesHeard) return
    this.#heard.set(device, atMs)
    this.sweep()
    // Written down now and then: what a restart forgets makes a device look less recent, never more.
    if (atMs - (state.heard.get(device)?.atMs ?? 0) < limits.heardSaveMs) return
    journal
      .run(async () => ({ changes: [putHeard({ device, atMs })], entries: [], after: () => {} }))
      .catch((error: unknown) => this.#alarm(error))
  }

  /** @see Siblings.ages */
  ages(): { readonly device: DeviceId; readonly ageSec: number }[] {
    const nowMs = this.#context.clock.now()
    return [...this.#heard].map(([device, atMs]) => ({ device, ageSec: Math.max(0, Math.ceil((nowMs - atMs) / 1000)) }))
  }

  /** Suspends grants in force here whose signing device was not heard of for too long, and lifts that where it was. */
  sweep(): void {
    const { state, self, clock } = this.#context
    const nowMs = clock.now()
    for (const { id, body, causes, state: now } of state.grants.values()) {
      if (body.dev === self.device || body.fresh === 0 || isOver(now) || now === 'REVOKING' || this.#moving.has(id)) continue
      const isStale = nowMs - (this.#heard.get(body.dev) ?? 0) > body.fresh * 1000
      if (isStale === causes.includes('stale')) continue
      this.#moving.add(id)
      const moved = isStale ? this.#suspending.suspend(id, 'stale') : this.#suspending.clear(id, 'stale')
      moved.catch((error: unknown) => this.#alarm(error)).finally(() => this.#moving.delete(id))
    }
  }

  #alarm(error: unknown): void {
    this.#context.emit({ type: 'alarm', what: 'ledger-write-failed', grants: [], error: asPorchlightError(error) })
  }
}
