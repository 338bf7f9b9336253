import type { Writable } from 'node:stream'

/** Resolves when everything written so far has left the process: one that exits before loses what a slow reader's pipe had no room for. */
export const written = (stream: Writable): Promise<void> => new Promise((resolve) => void stream.write('', () => resolve()))
