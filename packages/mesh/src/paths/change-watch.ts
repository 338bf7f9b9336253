import { watchNetwork } from './network-watch.ts'
import { watchSleep } from './sleep-watch.ts'

/**
 * Calls back when the network may be another one: the machine got or lost an address, or has slept.
 *
 * @param changed  with what is known of the reason, for the log
 * @param now      the wall clock
 * @returns        ends the watch
 */
export function watchChanges(changed: (because: { readonly sleptMs?: number }) => void, now: () => number): () => void {
  const ends = [watchNetwork(() => changed({})), watchSleep((sleptMs) => changed({ sleptMs }), { now })]
  return () => {
    for (const end of ends) end()
  }
}
