import type { PathView } from '@porchlight/node'

/** How a connection goes, as a person reads it: `direct, 12 ms`, `relayed by ana, 80 ms`. */
export function pathText({ kind, relay, roundTripMs }: PathView): string {
  const through = kind === 'direct' ? 'direct' : `relayed${relay ? ` by ${relay.petname ?? relay.device}` : ''}`
  return roundTripMs === null ? through : `${through}, ${roundTripMs} ms`
}
