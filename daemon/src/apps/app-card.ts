import { createHash } from 'node:crypto'
import { withoutQuotes } from '@porchlight/consent'
import type { AppInput } from './app-book.ts'

/** What a person reads before a program becomes an app; `hash` is of exactly this text. */
export interface AppCard {
  readonly text: string
  readonly lang: string
  readonly hash: string
}

interface Words {
  readonly title: string
  readonly labels: readonly [name: string, why: string, calls: string, serves: string, not: string, end: string]
  readonly ownWords: string
  readonly calls: string
  readonly serves: string
  readonly not: string
  readonly end: string
  readonly quotes: readonly [string, string]
}

const en: Words = {
  title: 'A program on this computer asks to be an app of this household',
  labels: ['Name', 'Why', 'Calls', 'Serves', 'Not', 'How long'],
  ownWords: 'its own words; nobody checked who it is',
  calls: 'contacts that let this household use it',
  serves: 'contacts that you allow it; no other app can meanwhile',
  not: 'With its token it can do nothing else: no other protocol, no decision for you, no setting.',
  end: 'Until you end it: porchlight apps revoke, or on the page.',
  quotes: ['“', '”'],
}

const de: Words = {
  title: 'Ein Programm auf diesem Computer möchte eine App dieses Haushalts sein',
  labels: ['Name', 'Warum', 'Ruft', 'Bedient', 'Nicht', 'Wie lange'],
  ownWords: 'seine eigenen Worte; niemand hat geprüft, wer es ist',
  calls: 'Kontakte, die es diesem Haushalt erlaubt haben',
  serves: 'Kontakte, denen Sie es erlauben; solange kann es keine andere App',
  not: 'Mit seinem Schlüssel kann es sonst nichts: kein anderes Protokoll, keine Entscheidung für Sie, keine Einstellung.',
  end: 'Bis Sie es beenden: porchlight apps revoke, oder auf der Seite.',
  quotes: ['„', '“'],
}

/** The card of a request. What the program says of itself is always in quotes. */
export function appCard({ name, why, protocols }: Required<AppInput>, language: string): AppCard {
  const lang = language === 'de' ? 'de' : 'en'
  const words = lang === 'de' ? de : en
  const quoted = (text: string): string => `${words.quotes[0]}${withoutQuotes(text)}${words.quotes[1]}`
  const [nameLabel, whyLabel, callsLabel, servesLabel, notLabel, endLabel] = words.labels
  const rows: [string, string][] = [
    [nameLabel, `${quoted(name)} (${words.ownWords})`],
    ...(why === '' ? [] : [[whyLabel, `${quoted(why)} (${words.ownWords})`] satisfies [string, string]]),
    ...protocols.filter(({ call }) => call).map(({ id }): [string, string] => [callsLabel, `${id}: ${words.calls}`]),
    ...protocols.filter(({ serve }) => serve).map(({ id }): [string, string] => [servesLabel, `${id}: ${words.serves}`]),
    [notLabel, words.not],
    [endLabel, words.end],
  ]
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  const text = [words.title, ...rows.map(([label, line]) => ` ${label.padEnd(width)}${line}`)].join('\n') + '\n'
  return { text, lang, hash: createHash('sha256').update(text).digest('hex') }
}
