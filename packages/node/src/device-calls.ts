import { limits, PorchlightError, type DeviceId } from '@porchlight/core'

/** A call that is under way, and that ends when its device is welcome no more. */
export interface DeviceCall {
  readonly signal: AbortSignal
  done(): void
}

/**
 * The calls that are under way, by the device that makes them: when a device is suspended, expires or is taken out, all of them end in that
 * tick, whatever let them in. Calls without a grant are also bounded here.
 */
export class DeviceCalls {
  readonly #byDevice = new Map<DeviceId, { readonly all: Set<AbortController>; atDoor: number }>()

  /** A call that came in by a door other than a grant. @returns `undefined` when the device has as many under way as it may */
  enter(device: DeviceId): DeviceCall | undefined {
    if ((this.#byDevice.get(device)?.atDoor ?? 0) >= limits.doorCallsPerDevice) return undefined
    return this.#begin(device, 1)
  }

  /** A call under a grant: it ends with the grant too. */
  follow(device: DeviceId, grant: DeviceCall): DeviceCall {
    const call = this.#begin(device, 0, grant.signal)
    return {
      signal: call.signal,
      done: () => {
        call.done()
        grant.done()
      },
    }
  }

  /** Ends the calls of one device. */
  end(device: DeviceId): void {
    for (const ending of this.#byDevice.get(device)?.all ?? []) ending.abort(new PorchlightError('GRANT_ENDED', 'no longer welcome'))
  }

  /** Ends every call. */
  endAll(): void {
    for (const device of this.#byDevice.keys()) this.end(device)
  }

  #begin(device: DeviceId, atDoor: number, grant?: AbortSignal): DeviceCall {
    const running = this.#byDevice.get(device) ?? { all: new Set(), atDoor: 0 }
    this.#byDevice.set(device, running)
    const ending = new AbortController()
    const onGrantEnd = (): void => ending.abort(grant?.reason)
    running.all.add(ending)
    running.atDoor += atDoor
    if (grant?.aborted) onGrantEnd()
    grant?.addEventListener('abort', onGrantEnd, { once: true })
    let over = false
    const done = (): void => {
      if (over) return
      over = true
      grant?.removeEventListener('abort', onGrantEnd)
      running.all.delete(ending)
      running.atDoor -= atDoor
      if (running.all.size === 0 && this.#byDevice.get(device) === running) this.#byDevice.delete(device)
    }
    return { signal: ending.signal, done }
  }
}
