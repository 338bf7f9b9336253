import { PorchlightError } from '@porchlight/core'
import type { KeyValues, Write } from '../database.ts'

/** What may become of one write. `torn`: part of the batch lands, which LevelDB does not do. `killed`: the process is gone, before or after the batch landed. */
export type WriteFault = 'none' | 'error' | 'full' | 'torn' | 'killed-before' | 'killed-after'

/** A process that is gone never answers. */
const never = (): Promise<never> => new Promise(() => {})

/**
 * A database whose writes go wrong as told. After a kill nothing it is asked is ever answered; what is underneath can be opened again.
 *
 * @param next    what becomes of the write with that number, from 1
 * @param onKill  told when the process "is gone"
 */
export function faultyDatabase(inner: KeyValues, next: (write: number) => WriteFault, onKill: () => void = () => {}): KeyValues {
  let count = 0
  let gone = false
  const kill = (): Promise<never> => {
    gone = true
    onKill()
    return never()
  }
  const failed = (reason: 'disk-full' | 'write-failed'): PorchlightError =>
    new PorchlightError('INTERNAL', `told to fail: ${reason}`, { reason })
  return {
    async write(writes: readonly Write[]) {
      if (gone) return never()
      const fault = next(++count)
      if (fault === 'error') throw failed('write-failed')
      if (fault === 'full') throw failed('disk-full')
      if (fault === 'killed-before') return kill()
      await inner.write(fault === 'torn' ? writes.slice(0, Math.ceil(writes.length / 2)) : writes)
      if (fault === 'torn') throw failed('write-failed')
      if (fault === 'killed-after') return kill()
      return undefined
    },
    get: (key) => (gone ? never() : inner.get(key)),
    entries: (prefix, after) => inner.entries(prefix, after),
    last: (prefix) => (gone ? never() : inner.last(prefix)),
    compact: () => (gone ? never() : inner.compact()),
    close: () => inner.close(),
  }
}
