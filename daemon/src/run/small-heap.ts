import { setFlagsFromString } from 'node:v8'

/**
 * Tells V8 to keep the heap near what is in use instead of growing it into whatever memory the machine has: memory that a neighbour app needs
 * is worth more here than speed. docs/measurements.md has what it costs and saves. To be called before the heap has grown, so before the
 * node is loaded.
 */
export const keepHeapSmall = (): void => setFlagsFromString('--optimize-for-size')
