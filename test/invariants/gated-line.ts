import type { DeviceId, HouseholdId } from '@porchlight/core'
import { sampleManifest, type Side } from '@porchlight/consent/testing'
import {
  FrameStream,
  memoryByteStreams,
  serveCalls,
  startCall,
  type CallHandler,
  type CallRequest,
  type ClientCall,
} from '@porchlight/wire'

/** A line from one household to another's engine: real frames and calls in memory, gated by `Consent.admit` as in a node. */
export class GatedLine {
  readonly #owner: Side
  readonly #caller: { readonly device: DeviceId; readonly household: HouseholdId }
  readonly #handler: CallHandler
  /** How often the handler ran. */
  handled = 0

  constructor(owner: Side, caller: { device: DeviceId; household: HouseholdId }, handler: CallHandler = async () => {}) {
    this.#owner = owner
    this.#caller = caller
    this.#handler = handler
  }

  async call(request: Partial<CallRequest> = {}): Promise<ClientCall> {
    const [ours, theirs] = memoryByteStreams()
    void serveCalls(new FrameStream(theirs), this.#caller.device, (call) => {
      const admitted = this.#owner.consent.admit({ ...call, household: this.#caller.household, scope: 'use' })
      if (!admitted.allow) return admitted
      const handler: CallHandler = (served) => {
        this.handled += 1
        return this.#handler(served)
      }
      return { ...admitted, household: this.#caller.household, handler }
    })
    return startCall(new FrameStream(ours), { protocol: sampleManifest.proto, method: 'http', location: 'photos', ...request })
  }
}
