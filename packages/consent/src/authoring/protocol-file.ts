import { limits, parseProtocolId, type ManifestBody } from '@porchlight/core'
import * as z from 'zod'
import { enforcedBy } from '../objects/enforced.ts'
import { passes, word } from '../objects/fields.ts'
import type { ManifestFault } from '../objects/manifest-check.ts'

/** `protocol.json`: what of a protocol's definition consent rests on, readable without running anything. */
export const protocolFile = z.strictObject({
  id: z.string().refine((id) => passes(parseProtocolId, id), 'not a protocol id'),
  door: z.enum(['grant', 'contact', 'anyone']),
  methods: z.record(
    z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
    z.strictObject({ kind: z.enum(['query', 'procedure', 'subscription', 'stream']), scope: word.nullable() }),
  ),
  reasons: z.array(word).max(limits.wordsPerList),
  /** Scopes that a screen ticks before a person has touched it; left out, the required ones. No other may be here. */
  ticked: z.array(word).max(limits.wordsPerList).optional(),
})

export type ProtocolFile = z.infer<typeof protocolFile>

/** What of the manifest does not fit the methods: in `manifest.json`. */
export function unneededScopes({ door, methods }: ProtocolFile, { scopes }: ManifestBody): ManifestFault[] {
  if (door !== 'grant') return []
  const needed = new Set(Object.values(methods).map(({ scope }) => scope))
  return scopes.flatMap(({ id, required }, at) =>
    required && !needed.has(id)
      ? [
          {
            field: `scopes[${at}].required`,
            says: `The scope "${id}" is required, but no method needs it: whoever says yes would give more than is used.`,
          },
        ]
      : [],
  )
}

/** What of the definition does not fit the manifest: in `protocol.json`. */
export function definitionFaults({ id, door, methods, ticked = [] }: ProtocolFile, manifest: ManifestBody): ManifestFault[] {
  const scopes = new Map(manifest.scopes.map((scope) => [scope.id, scope]))
  return [
    ...(id === manifest.proto ? [] : [{ field: 'id', says: `The consent text is of ${manifest.proto}, the protocol is ${id}.` }]),
    ...Object.entries(methods).flatMap(([name, { scope }]) => {
      const field = `methods.${name}.scope`
      if (door !== 'grant') return scope === null ? [] : [{ field, says: `Behind the door "${door}" no method needs a scope.` }]
      if (scope === null) return [{ field, says: `The method ${name} names no scope, so nobody could say yes to it.` }]
      return scopes.has(scope)
        ? []
        : [{ field, says: `The method ${name} needs the scope "${scope}", which the consent text does not define.` }]
    }),
    ...ticked.flatMap((scope, at) => {
      const field = `ticked[${at}]`
      if (!scopes.has(scope)) return [{ field, says: `The scope "${scope}" is not defined in the consent text.` }]
      return scopes.get(scope)!.required
        ? []
        : [{ field, says: `The scope "${scope}" is optional and on by default: what is optional starts unticked.` }]
    }),
  ]
}

/** A sentence about what backs each claim of "enforced", for whoever reads the check's answer. */
export const backing = (manifest: ManifestBody, door: ProtocolFile['door']): Record<string, string> =>
  Object.fromEntries(
    manifest.claims
      .filter(({ assurance }) => assurance === 'enforced')
      .map(({ key }) => [key, enforcedBy(manifest, key, door) ?? 'nothing']),
  )
