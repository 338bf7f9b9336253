import { sayKeys, type Assurance, type Limits, type ManifestBody, type SayKey } from '@porchlight/core'

/** The consent text in one language: a title and the nine lines that a household reads before it says yes. "unknown" has to be written out. */
export type ConsentLines = { readonly title: string } & Readonly<Record<SayKey, string>>

/** What a household can say yes to by itself. */
export interface ScopeText<Lang extends string, Data extends string = string> {
  /** One line for the card, in every language of the text. */
  readonly say: Readonly<Record<Lang, string>>
  readonly direction: 'they-read' | 'they-write' | 'both'
  /** A required scope is part of every grant; another one has to be ticked by a person. At least one is required. */
  readonly required: boolean
  /** In the words of RFC 9396. Default by direction: `read`, `change`, or both. */
  readonly actions?: readonly string[]
  /** Rooms for which it can be given. Default: any that the owner names. */
  readonly locations?: readonly string[]
  /** Which of `data` it is about. */
  readonly datatypes?: readonly Data[]
  /** The most that a grant may allow. */
  readonly max?: Limits
}

/** A kind of data that moves. */
export interface DataText<Lang extends string> {
  readonly say: Readonly<Record<Lang, string>>
  /** A name of the W3C Data Privacy Vocabulary, such as `dpv:Name`, or the protocol's own. */
  readonly category: string
  /** 0 harmless – 3 can hurt somebody. */
  readonly sensitivity: 0 | 1 | 2 | 3
  /** Whether it speaks of people who are not asked. */
  readonly aboutOthers?: boolean
  readonly optional?: boolean
}

/** Everything of a protocol that a person reads. */
export interface ConsentText<Lang extends string, Scope extends string, Data extends string> {
  /** Who made the protocol. */
  readonly publisher: string
  /** Where questions go; default the publisher. */
  readonly contact?: string
  /** Language tag (BCP 47) → title and nine lines. Placeholders: `{contact}`, `{service}`. */
  readonly consent: Readonly<Record<Lang, ConsentLines>>
  readonly scopes: Readonly<Record<Scope, ScopeText<NoInfer<Lang>, NoInfer<Data>>>>
  readonly data?: Readonly<Record<Data, DataText<NoInfer<Lang>>>>
  /**
   * Which lines code enforces, and which are somebody's promise; a line without a claim is plain information. A node refuses to serve a text
   * that claims more than code holds. Default: that it can be stopped any time is enforced.
   */
  readonly claims?: Readonly<Partial<Record<SayKey | 'not' | 'until' | keyof Limits, Assurance>>>
  /** Default `dpv:ServiceProvision`. */
  readonly purposes?: readonly string[]
  /** What becomes of data, in a word or line of English for programs; default `unknown`. */
  readonly retention?: string
  readonly onward?: string
  readonly storage?: string
  /** Default `none`. */
  readonly automation?: ManifestBody['automation']
  /** Whether calls may go through a relay, which sees how much and when. Default true. */
  readonly relayOk?: boolean
  /** Counts up with each change of the text; default 1. */
  readonly rev?: number
  /** Id of the text before this one; default none. */
  readonly prev?: ManifestBody['prev']
}

const actionsOf = { 'they-read': ['read'], 'they-write': ['change'], both: ['read', 'change'] } as const

const line = <Lang extends string>(langs: readonly Lang[], of: (lang: Lang) => string) =>
  Object.fromEntries(langs.map((lang) => [lang, of(lang)]))

/** The manifest that a text means: the body that is signed, as `manifest.json` of a protocol's folder has it. @see protocols/consent/SPEC.md#manifest */
export function manifestOf<Lang extends string, Scope extends string, Data extends string>(
  id: string,
  text: ConsentText<Lang, Scope, Data>,
): ManifestBody {
  const langs = Object.keys(text.consent) as Lang[]
  const entries = <V>(record: Readonly<Record<string, V>> | undefined): [string, V][] => Object.entries(record ?? {})
  return {
    proto: id,
    rev: text.rev ?? 1,
    prev: text.prev ?? null,
    publisher: text.publisher,
    langs,
    title: line(langs, (lang) => text.consent[lang].title),
    say: Object.fromEntries(sayKeys.map((key) => [key, line(langs, (lang) => text.consent[lang][key])])) as ManifestBody['say'],
    claims: entries(text.claims ?? { withdraw: 'enforced' }).map(([key, assurance]) => ({ key, assurance })),
    data: entries<DataText<Lang>>(text.data).map(([dataId, { say, category, sensitivity, aboutOthers, optional }]) => ({
      id: dataId,
      category,
      say,
      sensitivity,
      aboutOthers: aboutOthers ?? false,
      optional: optional ?? false,
    })),
    purposes: text.purposes ?? ['dpv:ServiceProvision'],
    scopes: entries<ScopeText<Lang>>(text.scopes).map(([scopeId, scope]) => ({
      id: scopeId,
      actions: scope.actions ?? actionsOf[scope.direction],
      locations: scope.locations ?? [''],
      datatypes: scope.datatypes ?? [],
      direction: scope.direction,
      required: scope.required,
      say: scope.say,
      max: scope.max ?? {},
    })),
    retention: text.retention ?? 'unknown',
    onward: text.onward ?? 'unknown',
    storage: text.storage ?? 'unknown',
    automation: text.automation ?? 'none',
    relayOk: text.relayOk ?? true,
    contact: text.contact ?? text.publisher,
  }
}
