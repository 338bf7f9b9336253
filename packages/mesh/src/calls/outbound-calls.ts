import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { startCall, type CallDevice, type CallRequest, type ClientCall } from '@porchlight/wire'
import type { GateConnection, OutboundStream } from './gate-connection.ts'
import { retryOnce, type Attempt } from './retry-once.ts'

export interface OutboundCallsOptions {
  /** The connection for new calls to a device, if one is open. */
  readonly best: (device: DeviceId) => GateConnection | undefined
  /** Dials if need be. @throws `UNREACHABLE`, or the reason of `signal` */
  readonly reach: (device: DeviceId, signal: AbortSignal) => Promise<GateConnection>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Opens calls: on a warm stream when there is one, on a fresh one otherwise, once more where that is safe. */
export class OutboundCalls {
  readonly #options: OutboundCallsOptions

  constructor(options: OutboundCallsOptions) {
    this.#options = options
  }

  readonly call: CallDevice = async (
    device: DeviceId,
    request: CallRequest,
    { signal, retryable = false }: { signal?: AbortSignal; retryable?: boolean } = {},
  ): Promise<ClientCall> => {
    const { now, best } = this.#options
    const fromMs = now()
    const deadlineMs = request.deadlineMs ?? limits.callDeadlineMs
    /** What reaching the device has used up is not the far side's to use again. */
    const timed = (): CallRequest =>
      deadlineMs > 0 ? { ...request, deadlineMs: Math.max(1, Math.ceil(deadlineMs - (now() - fromMs))) } : request
    const openFresh = async (): Promise<Attempt> => {
      const limitMs = Math.min(deadlineMs > 0 ? deadlineMs : limits.dialMs, limits.dialMs)
      const within = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])])
      // Only what comes before the first byte: a call that may have been read there is not unreachable, and nobody may try it elsewhere.
      const { carrier, stream } = await this.#openStream(device, within).catch((error: unknown) => {
        signal?.throwIfAborted()
        if (within.aborted) throw new PorchlightError('UNREACHABLE', `no path to ${device} within ${limitMs} ms`, { cause: error })
        throw error
      })
      return this.#begin(carrier, stream, timed(), signal)
    }
    signal?.throwIfAborted()
    const carrier = best(device)
    const warm = carrier?.takeIdle()
    if (!carrier || !warm) return openFresh()
    try {
      const first = await this.#begin(carrier, warm, timed(), signal)
      return retryable && request.streaming !== true ? retryOnce(first, openFresh) : first
    } catch (error) {
      if (retryable && error instanceof PorchlightError && error.code === 'CLOSED') return openFresh()
      throw error
    }
  }

  /** Tries a second path when the connection turns out to be closing: nothing was sent yet. */
  async #openStream(device: DeviceId, signal: AbortSignal): Promise<{ carrier: GateConnection; stream: OutboundStream }> {
    const carrier = await this.#options.reach(device, signal)
    try {
      return { carrier, stream: await carrier.open(signal) }
    } catch (error) {
      if (carrier.isOpen || signal.aborted) throw error
      const other = await this.#options.reach(device, signal)
      return { carrier: other, stream: await other.open(signal) }
    }
  }

  async #begin(carrier: GateConnection, stream: OutboundStream, request: CallRequest, signal: AbortSignal | undefined): Promise<Attempt> {
    const end = carrier.begin()
    const before = stream.bytes.receivedBytes
    try {
      const call = await startCall(stream.frames, request, { signal })
      void call.ended.then(() => {
        end()
        carrier.giveBack(stream, call.reusable())
      })
      return Object.assign(call, { hasReply: () => stream.bytes.receivedBytes > before })
    } catch (error) {
      end()
      carrier.giveBack(stream, false)
      throw error
    }
  }
}
