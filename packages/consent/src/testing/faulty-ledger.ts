import type { Ledger } from '../ledger/ledger.ts'

/**
 * What becomes of one commit. `killed`: the process is gone, before or after the transition was on the disk. `error-after`: it is there, and
 * nobody knows: what a failed sync may leave.
 */
export const commitFaults = ['error', 'error-after', 'disk-full', 'killed-before', 'killed-after'] as const
export type CommitFault = (typeof commitFaults)[number]

/** A ledger whose next commits go wrong as told. Underneath is the real one, which outlives "the process". */
export interface FaultyLedger extends Ledger {
  /** What becomes of every commit from now on; `undefined` is no fault. */
  fault: CommitFault | undefined
  /** Commits that a fault met. */
  readonly met: number
  /** Resolves when the process is gone. */
  readonly killed: Promise<void>
}

/** Wraps a ledger. After a kill it never answers again; open what is underneath to see what a restart finds. */
export function faultyLedger(inner: Ledger): FaultyLedger {
  const killed = Promise.withResolvers<void>()
  let gone = false
  let met = 0
  const kill = (): Promise<never> => {
    gone = true
    killed.resolve()
    return new Promise(() => {})
  }
  const ledger: FaultyLedger = {
    ...inner,
    fault: undefined,
    get met() {
      return met
    },
    killed: killed.promise,
    async commit(transition) {
      if (gone) return kill()
      const { fault } = ledger
      if (fault !== undefined) met += 1
      if (fault === 'error') throw new Error('EIO: told to fail')
      if (fault === 'disk-full') throw Object.assign(new Error('ENOSPC: told to fail'), { code: 'ENOSPC' })
      if (fault === 'killed-before') return kill()
      await inner.commit(transition)
      if (fault === 'error-after') throw new Error('EIO: told to fail, after it was written')
      if (fault === 'killed-after') return kill()
      return undefined
    },
  }
  return ledger
}
