import { setFlagsFromString } from 'node:v8'

/** The young generation stays at 1 MiB, and the old one grows by a fifth at a time. */
const flags = ['--max-semi-space-size=1', '--semi-space-growth-factor=1', '--heap-growing-percent=20']

/**
 * Tells V8 to keep the heap near what is in use instead of growing it into whatever memory the machine has: memory that a neighbour app needs
 * is worth more here than speed. docs/measurements.md has what it costs and saves. To be called before the heap has grown, so before the
 * node is loaded.
 */
export function keepHeapSmall(): void {
  for (const flag of flags) setFlagsFromString(flag)
}
