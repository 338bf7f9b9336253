import { sayKeys, type ManifestBody } from '@porchlight/core'
import { payloadOf } from '@porchlight/wire'
import { manifestType } from './index.ts'

/**
 * What the code on the owner's side really enforces, by the key that a claim names. A line of a consent text may only claim "enforced"
 * when its key is here; everything else is somebody's promise or plain information.
 */
export const gateRules: Readonly<Record<string, string>> = {
  what: 'the gate admits a method only under a scope that the grant names, at a location that it names',
  who: 'noise proves which device calls, and the household document proves whose device it is',
  not: 'everything that no grant names is refused by default',
  until: 'a grant cannot be made without an end, and live streams end within one second of it',
  withdraw: 'a revocation ends live streams in the same tick and admits no further call',
  ifRefused: 'every refusal sends the same bytes, whatever its reason',
}

/**
 * Checks what the schema of a manifest cannot say: all nine lines in every language, no "enforced" without a gate rule, and something
 * that is required. Whether a scope starts ticked is not in the data: a screen ticks the required ones (`tickedScopes`) and no other.
 *
 * @returns one sentence per fault; empty when the manifest may be shown
 */
export function checkManifest(manifest: ManifestBody): string[] {
  try {
    payloadOf(manifestType, manifest)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  const { langs, title, say, data, scopes, claims } = manifest
  const lines: [string, Readonly<Record<string, string>>][] = [
    ['The title', title],
    ...sayKeys.map((key): [string, Readonly<Record<string, string>>] => [`The line "${key}"`, say[key]]),
    ...data.map((kind): [string, Readonly<Record<string, string>>] => [`The data "${kind.id}"`, kind.say]),
    ...scopes.map((scope): [string, Readonly<Record<string, string>>] => [`The scope "${scope.id}"`, scope.say]),
  ]
  return [
    ...lines.flatMap(([what, text]) => langs.filter((lang) => !text[lang]?.trim()).map((lang) => `${what} says nothing in ${lang}.`)),
    ...lines.flatMap(([what, text]) =>
      Object.keys(text)
        .filter((lang) => !langs.includes(lang))
        .map((lang) => `${what} is in ${lang}, which "langs" does not list.`),
    ),
    ...lines.flatMap(([what, text]) =>
      Object.values(text).flatMap((line) =>
        unknownPlaceholders(line).map((name) => `${what} has the placeholder ${name}; only {contact} and {service} are filled.`),
      ),
    ),
    ...langs.filter((lang) => !isLanguage(lang)).map((lang) => `"${lang}" is no language tag.`),
    ...repeated(langs).map((lang) => `The language ${lang} is listed twice.`),
    ...repeated(scopes.map(({ id }) => id)).map((id) => `The scope "${id}" is defined twice.`),
    ...repeated(claims.map(({ key }) => key)).map((key) => `The line "${key}" is claimed twice.`),
    ...claims
      .filter(({ key }) => gateRules[key] === undefined && !(sayKeys as readonly string[]).includes(key))
      .map(({ key }) => `The claim "${key}" names no line.`),
    ...claims
      .filter(({ key, assurance }) => assurance === 'enforced' && gateRules[key] === undefined)
      .map(({ key }) => `The line "${key}" claims to be enforced, but no gate rule backs it.`),
    ...(scopes.some(({ required }) => required) ? [] : ['No scope is required, so nothing would be ticked to begin with.']),
  ]
}

/** Scope ids that are ticked when a person first sees the manifest: the required ones. No optional scope is on by default. */
export const tickedScopes = (manifest: ManifestBody): string[] => manifest.scopes.filter(({ required }) => required).map(({ id }) => id)

const repeated = (items: readonly string[]): string[] => [...new Set(items.filter((item, index) => items.indexOf(item) !== index))]

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
