import type { ManifestBody, ObjectId } from '@porchlight/core'
import * as z from 'zod'
import { object } from '../objects/fields.ts'
import type { ManifestFault } from '../objects/manifest-check.ts'

/** `released.json`: every text that people may have said yes to, first to last. It only grows. */
export const releasedFile = z
  .array(z.strictObject({ rev: z.int().positive(), id: object }))
  .refine((list) => list.every(({ rev }, at) => rev === at + 1), 'the revs do not count up from 1')
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'one text stands there twice')

export type Released = z.infer<typeof releasedFile>

/** Whether the text follows those that were released: unchanged, or one rev further and naming the last as its `prev`. In `manifest.json`. */
export function chainFaults(manifest: ManifestBody, id: ObjectId, released: Released): ManifestFault[] {
  const last = released.at(-1)
  if (id === last?.id) return []
  const rev = (last?.rev ?? 0) + 1
  const prev: ObjectId | null = last?.id ?? null
  const was = last === undefined ? 'nothing was released yet' : `the text is not the one that was released as rev ${last.rev}`
  return [
    ...(manifest.rev === rev ? [] : [{ field: 'rev', says: `This is rev ${manifest.rev}, but ${was}: it has to be ${rev}.` }]),
    ...(manifest.prev === prev
      ? []
      : [
          { field: 'prev', says: `This follows ${manifest.prev ?? 'nothing'}, but ${was}: it has to be ${prev === null ? 'null' : prev}.` },
        ]),
  ]
}
