import { vi } from 'vitest'

/**
 * Vitest has a setting for `expect.poll` and none for `vi.waitFor`, which gives up after a second. A wait that says no time of its own waits for what
 * it names. Runs before each file; several may share a process.
 */
const { waitFor } = vi
if (waitFor.name !== 'patientWaitFor')
  vi.waitFor = function patientWaitFor(done, options) {
    return waitFor(done, typeof options === 'number' ? options : { timeout: 10_000, ...options })
  }
