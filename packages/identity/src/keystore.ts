/**
 * Where a household's secrets rest. Names are fixed words of `[a-z-]`; values at most 16 KiB. Implemented by `@porchlight/store`
 * as files of mode 0600.
 */
export interface Keystore {
  read(name: string): Promise<Uint8Array | undefined>
  /** Whole or not at all, and durable when it resolves. */
  write(name: string, bytes: Uint8Array): Promise<void>
  /** Safe when there is nothing. Durable when it resolves. */
  delete(name: string): Promise<void>
}

/** A keystore in memory, for tests and for embedding. */
export function memoryKeystore(): Keystore {
  const kept = new Map<string, Uint8Array>()
  return {
    read: async (name) => kept.get(name)?.slice(),
    write: async (name, bytes) => void kept.set(name, bytes.slice()),
    delete: async (name) => void kept.delete(name),
  }
}
