import { limits, parseProtocolId, sayKeys, type ManifestBody } from '@porchlight/core'
import { signedType, type SignedType } from '@porchlight/wire'
import * as z from 'zod'
import { language, line, location, object, passes, text, word } from './fields.ts'
import { limitSet } from './limit-set.ts'

const manifestShape = {
  proto: z.string().refine((id) => passes(parseProtocolId, id), 'not a protocol id'),
  rev: z.int().positive(),
  /** The manifest that this one follows. */
  prev: object.nullable(),
  publisher: line,
  langs: z.array(language).min(1).max(limits.wordsPerList),
  title: text,
  say: z.strictObject(Object.fromEntries(sayKeys.map((key) => [key, text]))),
  claims: z.array(z.strictObject({ key: word, assurance: z.enum(['enforced', 'promised']) })).max(limits.wordsPerList),
  data: z
    .array(
      z.strictObject({
        id: word,
        category: word,
        say: text,
        sensitivity: z.literal([0, 1, 2, 3]),
        aboutOthers: z.boolean(),
        optional: z.boolean(),
      }),
    )
    .max(limits.wordsPerList),
  purposes: z.array(word).max(limits.wordsPerList),
  scopes: z
    .array(
      z.strictObject({
        id: word,
        actions: z.array(word).max(limits.wordsPerList),
        locations: z.array(location).min(1).max(limits.locationsPerScope),
        datatypes: z.array(word).max(limits.wordsPerList),
        direction: z.enum(['they-read', 'they-write', 'both']),
        required: z.boolean(),
        say: text,
        max: limitSet,
      }),
    )
    // None where there is nothing to grant: the text of a door. What a grant rests on has one, `manifestFaults` sees to it.
    .max(limits.wordsPerList),
  retention: line,
  onward: line,
  storage: line,
  automation: z.enum(['none', 'assistive', 'decisions', 'ai-training']),
  relayOk: z.boolean(),
  contact: line,
}

/** The consent text of a protocol. @see protocols/consent/SPEC.md#manifest */
export const manifestType = signedType('manifest', 1, manifestShape, limits.manifestLimitBytes) as unknown as SignedType<ManifestBody>
