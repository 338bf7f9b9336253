import { join } from 'node:path'
import type { CheckedFolder } from '@porchlight/kit'

/**
 * Writes down what was released: the text in `released.json`, unless it stands there already, and the shape of the schema.
 *
 * @returns whether the text was added
 */
export async function release(dir: string, { manifest, released, schema }: CheckedFolder): Promise<boolean> {
  const { putFile } = await import('@porchlight/kit')
  const write = (file: string, value: unknown): void => putFile(join(dir, file), `${JSON.stringify(value, null, 2)}\n`)
  if (schema) write('released-schema.json', schema.shape)
  if (!manifest || released.at(-1)?.id === manifest.id) return false
  write('released.json', [...released, { rev: manifest.body.rev, id: manifest.id }])
  return true
}
