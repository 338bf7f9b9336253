import { sayKeys, type ManifestBody, type SayKey } from '@porchlight/core'
import { tickedScopes } from '../objects/manifest-check.ts'
import { cardWords } from './card-words.ts'

/**
 * A manifest as plain text, before it is about anybody: what `porchlight protocol show` prints. Names that a card fills in stay in braces.
 *
 * @param lang the language asked for; the manifest's first when it is not in that one
 * @returns    the language that it really is in, and the lines
 */
export function manifestText(manifest: ManifestBody, lang: string): { lang: string; text: string } {
  const spoken = manifest.langs.includes(lang) ? lang : manifest.langs[0]!
  const words = cardWords[spoken] ?? cardWords['en']!
  const labels: Record<SayKey, string> = { ...words, withdraw: words.until }
  const ticked = tickedScopes(manifest)
  const mark = (key: SayKey): string => {
    const claim = manifest.claims.find((each) => each.key === key)
    return claim ? `  [${words[claim.assurance]}]` : ''
  }
  const rows = [
    ...sayKeys.map((key) => [labels[key], `${manifest.say[key][spoken] ?? ''}${mark(key)}`] as const),
    ...manifest.scopes.map(({ id, say }) =>
      ticked.includes(id) ? ([words.scopes, say[spoken] ?? ''] as const) : ([words.not, `${words.notScope} ${say[spoken] ?? ''}`] as const),
    ),
  ]
  const width = Math.max(...rows.map(([label]) => [...label].length)) + 2
  const lines = rows.map(([label, line]) => `${label}${' '.repeat(width - [...label].length)}${line}`)
  return { lang: spoken, text: [`${manifest.proto}: ${manifest.title[spoken] ?? ''}`, ...lines].join('\n') }
}
