import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckedFolder } from '@porchlight/kit'

const write = (dir: string, file: string, value: unknown): void => writeFileSync(join(dir, file), `${JSON.stringify(value, null, 2)}\n`)

/**
 * Writes down what was released: the text in `released.json`, unless it stands there already, and the shape of the schema.
 *
 * @returns whether the text was added
 */
export function release(dir: string, { manifest, released, schema }: CheckedFolder): boolean {
  if (schema) write(dir, 'released-schema.json', schema.shape)
  if (!manifest || released.at(-1)?.id === manifest.id) return false
  write(dir, 'released.json', [...released, { rev: manifest.body.rev, id: manifest.id }])
  return true
}
