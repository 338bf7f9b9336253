import { PorchlightError, type DeviceId } from '@porchlight/core'
import {
  FrameStream,
  serveCalls,
  type ByteStream,
  type CallHandler,
  type CallRequest,
  type Frame,
  type InboundCall,
} from '@porchlight/wire'
import { expect } from 'vitest'

/** Opens one stream between two peers. `closeAll` ends everything that was opened. */
export interface StreamPairs {
  open(): Promise<[near: ByteStream, far: ByteStream]>
  closeAll(): Promise<void>
}

export const device = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5' as DeviceId
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
export const bytes = (words: string): Uint8Array => new TextEncoder().encode(words)
export const unary: CallRequest = { protocol: '/porchlight/test/1', method: 'do', payload: bytes('hello') }
export const streaming: CallRequest = { ...unary, method: 'flow', streaming: true, deadlineMs: 0 }

/** Waits until something becomes true; the test's own timeout bounds it. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
export const rejection = (promise: Promise<unknown>): Promise<PorchlightError> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as PorchlightError,
  )

/** One served stream: what its gate was asked, and a handle on the grant of each call. */
export class Served {
  readonly asked: InboundCall[] = []
  readonly grants: AbortController[] = []
  readonly counts = { sent: 0, received: 0 }
  done = 0
  /** Makes bytes wait. */
  onCharge: ((sent: number, received: number) => Promise<void> | undefined) | undefined
  /** Without a handler: whether the caller is told to come back. */
  isBusy = false
  readonly ended: Promise<void>

  constructor(far: ByteStream, handler: CallHandler | undefined) {
    this.ended = serveCalls(new FrameStream(far), device, (call) => {
      this.asked.push(call)
      if (!handler) return { allow: false, busy: this.isBusy }
      const grant = new AbortController()
      this.grants.push(grant)
      const charge = (sent: number, received: number): Promise<void> | undefined => {
        this.counts.sent += sent
        this.counts.received += received
        return this.onCharge?.(sent, received)
      }
      const done = (): void => void (this.done += 1)
      return { allow: true, household: undefined, scopes: new Set(['read']), signal: grant.signal, handler, charge, done }
    })
  }

  revoke(): void {
    this.grants.at(-1)!.abort(new PorchlightError('GRANT_ENDED', 'revoked'))
  }
}

/** Serves one end of a fresh stream and gives the other to the caller. */
export async function serveOn(pairs: StreamPairs, handler: CallHandler | undefined): Promise<{ frames: FrameStream; served: Served }> {
  const [near, far] = await pairs.open()
  return { frames: new FrameStream(near), served: new Served(far, handler) }
}

/** An Open of a streaming call that nobody named. */
export function openFrame(): Frame['open'] {
  return { protocol: 'p', method: 'm', deadlineMs: 0, payload: new Uint8Array(), location: '', streaming: true }
}
