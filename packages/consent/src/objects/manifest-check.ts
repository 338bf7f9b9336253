import { isCleanText, sayKeys, type Door, type ManifestBody, type Text } from '@porchlight/core'
import { payloadOf } from '@porchlight/wire'
import { limitNames, manifestType } from './index.ts'
import { enforcedBy } from './enforced.ts'

/** One thing that is wrong with a consent text, and where: `say.risk.de`, `scopes[1].max`. */
export interface ManifestFault {
  readonly field: string
  readonly says: string
}

type Line = { readonly field: string; readonly what: string; readonly text: Text }

/**
 * Everything that is wrong with a consent text beyond what makes it unreadable: all nine lines in every language, no "enforced" that no code
 * backs, and scopes as its door needs them.
 *
 * @param manifest  anything; what is no manifest at all has a fault for each field that is not as it must be
 * @param door      of its protocol. Behind a grant something has to be required; behind another door there is nothing to grant, so no scope
 * @returns         empty when the manifest may be shown
 */
export function manifestFaults(manifest: unknown, door: Door = 'grant'): ManifestFault[] {
  const parsed = manifestType.schema.safeParse(manifest)
  const unclean = uncleanTexts(manifest, '')
  if (!parsed.success)
    return [...parsed.error.issues.map((issue) => ({ field: fieldOf(issue.path), says: sentence(issue.message) })), ...unclean]
  if (unclean.length > 0) return unclean
  const body = parsed.data
  try {
    payloadOf(manifestType, body)
  } catch (error) {
    return [{ field: '', says: sentence(error instanceof Error ? error.message : String(error)) }]
  }
  const lines = linesOf(body)
  return [
    ...languageFaults(body),
    ...lines.flatMap((line) => lineFaults(line, body.langs)),
    ...claimFaults(body, door),
    ...scopeFaults(body, door),
  ]
}

/** As `manifestFaults` for a protocol behind a grant. @returns one sentence per fault; empty when the manifest may be shown */
export const checkManifest = (manifest: ManifestBody): string[] =>
  manifestFaults(manifest).map(({ field, says }) => (field === '' ? says : `${field}: ${says}`))

/** Scope ids that are ticked when a person first sees the manifest: the required ones. No optional scope is on by default. */
export const tickedScopes = (manifest: ManifestBody): string[] => manifest.scopes.filter(({ required }) => required).map(({ id }) => id)

const linesOf = ({ title, say, data, scopes }: ManifestBody): Line[] => [
  { field: 'title', what: 'The title', text: title },
  ...sayKeys.map((key) => ({ field: `say.${key}`, what: `The line "${key}"`, text: say[key] })),
  ...data.map((kind, at) => ({ field: `data[${at}].say`, what: `The data "${kind.id}"`, text: kind.say })),
  ...scopes.map((scope, at) => ({ field: `scopes[${at}].say`, what: `The scope "${scope.id}"`, text: scope.say })),
]

function languageFaults({ langs }: ManifestBody): ManifestFault[] {
  return langs.flatMap((lang, at) => {
    const field = `langs[${at}]`
    if (!isLanguage(lang)) return [{ field, says: `"${lang}" is no language tag.` }]
    return langs.indexOf(lang) < at ? [{ field, says: `The language ${lang} is listed twice.` }] : []
  })
}

function lineFaults({ field, what, text }: Line, langs: readonly string[]): ManifestFault[] {
  return [
    ...langs.filter((lang) => !text[lang]?.trim()).map((lang) => ({ field: `${field}.${lang}`, says: `${what} says nothing in ${lang}.` })),
    ...Object.keys(text)
      .filter((lang) => !langs.includes(lang))
      .map((lang) => ({ field: `${field}.${lang}`, says: `${what} is in ${lang}, which "langs" does not list.` })),
    ...Object.entries(text).flatMap(([lang, line]) =>
      unknownPlaceholders(line).map((name) => ({
        field: `${field}.${lang}`,
        says: `${what} has the placeholder ${name}; only {contact} and {service} are filled.`,
      })),
    ),
  ]
}

function claimFaults(manifest: ManifestBody, door: Door): ManifestFault[] {
  const known = new Set<string>([...sayKeys, 'not', 'until', ...limitNames])
  return manifest.claims.flatMap(({ key, assurance }, at) => {
    const field = `claims[${at}]`
    if (!known.has(key)) return [{ field, says: `The claim "${key}" names no line.` }]
    if (manifest.claims.findIndex((claim) => claim.key === key) < at) return [{ field, says: `The line "${key}" is claimed twice.` }]
    if (assurance === 'promised' || enforcedBy(manifest, key, door) !== undefined) return []
    const limit = limitNames.find((name) => name === key)
    const why = limit === undefined ? 'no gate rule backs it' : `a scope allows more: "${limit}" is not in the "max" of every scope`
    return [{ field, says: `The line "${key}" claims to be enforced, but ${why}.` }]
  })
}

function scopeFaults({ scopes }: ManifestBody, door: Door): ManifestFault[] {
  if (door !== 'grant')
    return scopes.length === 0 ? [] : [{ field: 'scopes', says: `Behind the door "${door}" there is nothing to grant, so no scope.` }]
  return [
    ...scopes.flatMap(({ id }, at) =>
      scopes.findIndex((scope) => scope.id === id) < at ? [{ field: `scopes[${at}].id`, says: `The scope "${id}" is defined twice.` }] : [],
    ),
    ...(scopes.some(({ required }) => required)
      ? []
      : [{ field: 'scopes', says: 'No scope is required, so nothing would be ticked to begin with.' }]),
  ]
}

/** Texts that are not NFC, or carry control, bidirectional or invisible characters: keys and values, at any depth. */
function uncleanTexts(value: unknown, field: string): ManifestFault[] {
  if (typeof value === 'string')
    return isCleanText(value) ? [] : [{ field, says: 'The text is not NFC, or carries control, bidirectional or invisible characters.' }]
  if (Array.isArray(value)) return value.flatMap((item, at) => uncleanTexts(item, `${field}[${at}]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => [
    ...(isCleanText(key) ? [] : uncleanTexts(key, field)),
    ...uncleanTexts(item, field === '' ? key : `${field}.${key}`),
  ])
}

/** Whether dates can be written in it (BCP 47): the schema looks at its letters only. */
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

const unknownPlaceholders = (line: string): string[] =>
  (line.match(/\{[^}]*\}?/g) ?? []).filter((found) => found !== '{contact}' && found !== '{service}')

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`)).join('')

const sentence = (message: string): string => `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`
