import type { ObjectId } from './ids.ts'

/** Language tag (BCP 47) → one line of at most 280 characters. */
export type Text = Readonly<Record<string, string>>

/** The nine things a consent text has to say, each in every language of the manifest. "unknown" has to be written out. */
export const sayKeys = ['what', 'why', 'who', 'keep', 'onward', 'risk', 'cannotUndo', 'ifRefused', 'withdraw'] as const
export type SayKey = (typeof sayKeys)[number]

/** `enforced`: code on the owner's side makes it so. `promised`: the other person says so. */
export type Assurance = 'enforced' | 'promised'

/** A closed set: a limit that this version does not know makes the whole object unreadable. */
export interface Limits {
  /** Payload bytes both ways, for as long as the grant lasts. */
  readonly bytesTotal?: number | undefined
  /** Payload bytes both ways, per day in UTC. */
  readonly bytesPerDay?: number | undefined
  /** Calls begun within any 60 seconds. */
  readonly opsPerMin?: number | undefined
  /** Calls at the same time. */
  readonly streams?: number | undefined
  readonly window?: WeeklyWindow | undefined
}

/** Hours of the week, by the wall clock of `tz`. */
export interface WeeklyWindow {
  /** ISO weekdays on which the window begins, 1 is Monday, in order. */
  readonly days: readonly number[]
  /** Minutes since midnight, 0–1439. */
  readonly from: number
  /** First minute outside, 1–1440; not after `from` means on the next day. */
  readonly to: number
  /** IANA time zone, such as `Europe/Berlin`. */
  readonly tz: string
}

export interface ManifestScope {
  readonly id: string
  /** What may be done, in the words of RFC 9396: `read`, `change`. */
  readonly actions: readonly string[]
  /** Where it may be given: locations that cover those of a grant. `''` is "wherever the owner says". */
  readonly locations: readonly string[]
  /** Kinds of data by their W3C Data Privacy Vocabulary names or the protocol's own. */
  readonly datatypes: readonly string[]
  readonly direction: 'they-read' | 'they-write' | 'both'
  readonly required: boolean
  readonly say: Text
  /** The most that a grant may allow; a limit here has to be in every grant, as tight or tighter. */
  readonly max: Limits
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
  /** Id of the manifest that this one follows; null for the first. */
  readonly prev: ObjectId | null
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
