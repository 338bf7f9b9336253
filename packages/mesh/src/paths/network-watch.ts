import { networkInterfaces } from 'node:os'
import { limits } from '@porchlight/core'

const fingerprint = (): string =>
  Object.entries(networkInterfaces())
    .flatMap(([name, addresses]) => (addresses ?? []).map(({ address }) => `${name} ${address}`))
    .toSorted()
    .join('\n')

/**
 * Calls back when this machine gets or loses an address.
 *
 * @param look  what is compared; default the addresses of all interfaces
 * @returns     ends the watch
 */
export function watchNetwork(changed: () => void, look: () => string = fingerprint): () => void {
  let last = look()
  const timer = setInterval(() => {
    const now = look()
    if (now === last) return
    last = now
    changed()
  }, limits.networkPollMs)
  timer.unref()
  return () => clearInterval(timer)
}
