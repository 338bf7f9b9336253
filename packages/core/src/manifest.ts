/** Language tag (BCP 47) → one line of at most 280 characters. */
export type Text = Readonly<Record<string, string>>

/** The nine things a consent text has to say, each in every language of the manifest. "unknown" has to be written out. */
export const sayKeys = ['what', 'why', 'who', 'keep', 'onward', 'risk', 'cannotUndo', 'ifRefused', 'withdraw'] as const
export type SayKey = (typeof sayKeys)[number]

/** `enforced`: code on the owner's side makes it so. `promised`: the other person says so. */
export type Assurance = 'enforced' | 'promised'

/** A closed set: a limit that this version does not know makes the whole object unreadable. */
export interface Limits {
  readonly bytesTotal?: number
  readonly bytesPerDay?: number
  readonly opsPerMin?: number
  readonly streams?: number
}

export interface ManifestScope {
  readonly id: string
  /** What may be done, in the words of RFC 9396: `read`, `change`. */
  readonly actions: readonly string[]
  /** Kinds of data by their W3C Data Privacy Vocabulary names or the protocol's own. */
  readonly datatypes: readonly string[]
  readonly direction: 'they-read' | 'they-write' | 'both'
  readonly required: boolean
  readonly say: Text
}

/**
 * The consent text of a protocol. Placeholders `{contact}` and `{service}` in a line are filled by the owner's node with its own petname
 * and service name when the card is rendered; nothing a peer chose is ever filled in.
 *
 * @see protocols/consent/SPEC.md#manifest
 */
export interface ManifestBody {
  readonly proto: string
  /** Counts up with each change of the text. */
  readonly rev: number
  readonly publisher: string
  readonly langs: readonly string[]
  readonly title: Text
  readonly say: Readonly<Record<SayKey, Text>>
  /** Which of the lines above code enforces, and which are somebody's promise. A line without a claim is plain information. */
  readonly claims: readonly { readonly key: string; readonly assurance: Assurance }[]
  readonly data: readonly {
    readonly id: string
    readonly category: string
    readonly say: Text
    readonly sensitivity: 0 | 1 | 2 | 3
    readonly aboutOthers: boolean
    readonly optional: boolean
  }[]
  readonly purposes: readonly string[]
  readonly scopes: readonly ManifestScope[]
  readonly retention: string
  readonly onward: string
  readonly storage: string
  readonly automation: 'none' | 'assistive' | 'decisions' | 'ai-training'
  readonly relayOk: boolean
  readonly contact: string
}
