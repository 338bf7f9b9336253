import type { KeyValues } from './database.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

/** A small table of plain values (JSON and bytes). Every write is on the disk when it resolves. */
export interface Table<T> {
  get(key: string): Promise<T | undefined>
  put(key: string, value: T): Promise<void>
  /** Safe when there is nothing. */
  delete(key: string): Promise<void>
  /** Every value, in order of the keys. */
  all(): Promise<T[]>
}

/** @param name  letters, digits, `.` and `-` */
export function openTable<T>(database: KeyValues, name: string): Table<T> {
  const prefix = `table/${name}/`
  return {
    get: async (key) => {
      const text = await database.get(prefix + key)
      return text === undefined ? undefined : decodeRecord<T>(text)
    },
    put: async (key, value) => database.write([{ type: 'put', key: prefix + key, value: encodeRecord(value) }]),
    delete: async (key) => database.write([{ type: 'del', key: prefix + key }]),
    all: async () => {
      const values: T[] = []
      for await (const [, text] of database.entries(prefix)) values.push(decodeRecord<T>(text))
      return values
    },
  }
}
