import {
  cleanText,
  isCleanText,
  limits,
  PorchlightError,
  type Limits,
  type ManifestBody,
  type ObjectId,
  type SayKey,
  type Text,
} from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import { cardWords, type CardWords } from './card-words.ts'
import { limitsText, limitWords } from './limit-words.ts'
import { enforcedBy } from '../objects/enforced.ts'

export type CardMark = 'enforced' | 'promised' | 'cannot be undone'

export interface CardLine {
  /** `what`, `scope:ID`, `not`, `until`, `why` and the other keys of the manifest. */
  readonly key: string
  readonly label: string
  readonly text: string
  readonly mark: CardMark | undefined
}

export interface Card {
  /** The language that it is really in: the one asked for, or the manifest's first. */
  readonly lang: string
  readonly title: string
  readonly lines: readonly CardLine[]
  /** The exact plain text; `cardHash(text)` is what a grant's `shown` carries. */
  readonly text: string
}

export interface CardInput {
  /** One without faults, see `checkManifest`. */
  readonly manifest: ManifestBody
  readonly lang: string
  /** Names from this household's own address book and settings; nothing that a peer chose. */
  readonly names: { readonly contact: string; readonly service: string; readonly owner: string }
  /** Ids of the scopes that are asked, offered or granted. */
  readonly scopes: readonly string[]
  /** The limits of each of these scopes that has any. */
  readonly limits?: Readonly<Record<string, Limits>>
  /** When the grant ends, in seconds since 1970. */
  readonly expSec: number
  /** The asker's own words, shown as a quotation in place of the manifest's reason; of a recipient's card, the owner's. */
  readonly why?: string
  /** A name that the contact's, or the owner's on a recipient's card, cannot be told apart from at a glance, and whose it is. */
  readonly looksLike?: { readonly name: string; readonly whose: 'contact' | 'household' }
  /** `asker`: a recipient who reads what it is about to ask for. */
  readonly perspective: 'owner' | 'recipient' | 'asker'
}

/** The hash of a card's text: base32 of its sha-256. */
export const cardHash = (text: string): ObjectId => idOf(new TextEncoder().encode(text))

/**
 * Renders what a person reads before saying yes or no. Pure: equal inputs, equal text. The owner's text is what `shown` hashes; the recipient
 * renders its own card of the same manifest with its own names.
 *
 * @throws `BAD_REQUEST` when a name, the quotation or a line carries control or invisible characters, or a scope is not in the manifest
 */
export function renderCard(input: CardInput): Card {
  const { manifest, scopes, why, perspective } = input
  const lang = manifest.langs.includes(input.lang) ? input.lang : manifest.langs[0]!
  const words = cardWords[lang] ?? cardWords[lang.split('-')[0]!] ?? cardWords['en']!
  const names = {
    contact: cleanText(input.names.contact, 'contact name', limits.petnameChars),
    service: cleanText(input.names.service, 'service name', limits.petnameChars),
    owner: cleanText(input.names.owner, 'owner name', limits.petnameChars),
    until: dateOf(input.expSec, lang),
  }
  const filled = (text: string): string => fill(text, names)
  const say = (key: SayKey): string => filled(lineIn(manifest.say[key], lang))
  const line = (key: string, label: string, text: string): CardLine => ({ key, label, text, mark: markOf(manifest, key) })
  const reason = why?.trim()
    ? `${words.quotes[0]}${withoutQuotes(cleanText(why, 'reason', limits.whyChars))}${words.quotes[1]} ${perspective === 'asker' ? words.yourWords : words.theirWords}`
    : say('why')

  const title = `${filled(words.titles[perspective])}: ${filled(lineIn(manifest.title, lang))}`
  const readingText = perspective === 'asker' ? words.askerReadingText : words.readingText
  const lines = [
    ...(input.looksLike ? [line('looks-like', words.beware, alikeText(input.looksLike, perspective, words, names))] : []),
    ...(perspective === 'owner' ? [] : [line('reading', words.reading, filled(readingText))]),
    line('what', words.what, say('what')),
    ...scopes.map((id) => line(`scope:${id}`, words.scopes, filled(lineIn(scopeSay(manifest, id), lang)))),
    ...manifest.scopes
      .filter(({ id }) => !scopes.includes(id))
      .map(({ id, say: text }) => line(`not:${id}`, words.not, `${words.notScope} ${filled(lineIn(text, lang))}`)),
    line('not', words.not, filled(words.notText)),
    ...limitLines(input, lang).map(([id, text]) => line(`limits:${id}`, words.limits, filled(text))),
    line('until', words.until, `${filled(words.untilText)} ${say('withdraw')}`),
    line('why', words.why, reason),
    line('who', words.who, say('who')),
    line('keep', words.keep, say('keep')),
    line('onward', words.onward, say('onward')),
    line('risk', words.risk, say('risk')),
    line('cannotUndo', words.cannotUndo, say('cannotUndo')),
    line('ifRefused', words.ifRefused, say('ifRefused')),
  ]
  return { lang, title, lines, text: plainText(title, lines, words) }
}

/** Quotation marks of any language: one inside would end the quotation early, and what follows would read as ours. */
const quotationMarks = /["“”„‟«»‹›〝〞〟「」『』｢｣＂]|''|‘‘|’’/gu

/** Somebody else's words as they may stand between quotation marks: those inside are plain apostrophes. */
export const withoutQuotes = (text: string): string => text.replaceAll(quotationMarks, "'")

/** One pass, like `fill`: names that look like placeholders stay as they are. */
function alikeText(
  { name, whose }: NonNullable<CardInput['looksLike']>,
  perspective: CardInput['perspective'],
  words: CardWords,
  names: Readonly<Record<string, string>>,
): string {
  const who = names[perspective === 'owner' ? 'contact' : 'owner']!
  const other = `${words.quotes[0]}${withoutQuotes(cleanText(name, 'name', limits.petnameChars))}${words.quotes[1]}`
  return fill(words.looksLike[whose], { who, other })
}

/** One line for each set of limits; which scopes it is for is said where not all of them share it. */
function limitLines({ manifest, scopes, limits: byScope = {} }: CardInput, lang: string): [scope: string, text: string][] {
  const words = limitWords[lang] ?? limitWords[lang.split('-')[0]!] ?? limitWords['en']!
  const texts = scopes.map((id): [string, string] => [id, limitsText(byScope[id] ?? {}, words)])
  const groups = Map.groupBy(
    texts.filter(([, text]) => text !== ''),
    ([, text]) => text,
  )
  return [...groups].map(([text, members]) => {
    const isForAll = members.length === scopes.length
    const about = isForAll ? '' : `${members.map(([id]) => lineIn(scopeSay(manifest, id), lang)).join(' ')} `
    return [members[0]![0], `${about}${text}`]
  })
}

/** Two columns and a mark, one line each; a label stands only once. */
function plainText(title: string, lines: readonly CardLine[], words: CardWords): string {
  const width = Math.max(...lines.map(({ label }) => [...label].length)) + 2
  const marks = { enforced: words.enforced, promised: words.promised, 'cannot be undone': words.cannotBeUndone }
  const rows = lines.map(({ label, text, mark }, index) => {
    const shownLabel = lines[index - 1]?.label === label ? '' : label
    return `${shownLabel}${' '.repeat(width - [...shownLabel].length)}${text}${mark ? `  [${marks[mark]}]` : ''}`
  })
  return `${[title, ...rows].join('\n')}\n`
}

/** Our own lines stand on gate rules; a scope's line stands on the same rule as `what`; the rest is what the manifest claims. */
function markOf(manifest: ManifestBody, key: string): CardMark | undefined {
  if (key === 'cannotUndo') return 'cannot be undone'
  if (key === 'not' || key === 'until' || key.startsWith('limits:') || key.startsWith('scope:') || key.startsWith('not:')) return 'enforced'
  const claim = manifest.claims.find((candidate) => candidate.key === key)
  return claim?.assurance === 'enforced' && enforcedBy(manifest, key) === undefined ? undefined : claim?.assurance
}

/** One pass: a name that looks like a placeholder is not filled again. */
const fill = (text: string, names: Readonly<Record<string, string>>): string =>
  text.replace(/\{([a-z]+)\}/g, (whole, name: string) => (Object.hasOwn(names, name) ? names[name]! : whole))

function lineIn(text: Text, lang: string): string {
  const line = text[lang]
  if (line === undefined || !isCleanText(line))
    throw new PorchlightError('BAD_REQUEST', `the manifest has no readable line in ${lang}`, { reason: 'manifest-faulty' })
  return line
}

function scopeSay(manifest: ManifestBody, id: string): Text {
  const scope = manifest.scopes.find((candidate) => candidate.id === id)
  if (!scope) throw new PorchlightError('BAD_REQUEST', `the manifest of ${manifest.proto} has no scope ${id}`, { reason: 'scope-unknown' })
  return scope.say
}

/** The date and minute in UTC, so that the text does not depend on where it is rendered; English with the day first, as most of its readers write it. */
function dateOf(expSec: number, lang: string): string {
  const format = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  return `${format.format(expSec * 1000).replace(/[\u202f\u00a0]/g, ' ')} UTC`
}
