import { decodeRecord, encodeRecord } from './record-codec.ts'

/** One step from the data version before `to`. Pure: equal entries, equal answer. */
export interface Migration {
  readonly to: number
  /** What became different, for the log. */
  readonly what: string
  /** What stands in place of one entry: its new value, or `undefined` to leave it as it is. It may be called again on what it made. */
  readonly value: (key: string, text: string) => string | undefined
}

type Fields = Readonly<Record<string, unknown>>

/** Changes records of one prefix; a record that needs nothing is returned as it is. */
const records =
  (changes: Readonly<Record<string, (record: Fields) => Fields>>): Migration['value'] =>
  (key, text) => {
    const found = Object.entries(changes).find(([prefix]) => key.startsWith(prefix))
    if (!found) return undefined
    const next = encodeRecord(found[1](decodeRecord<Fields>(text)))
    return next === text ? undefined : next
  }

const filledWith =
  (fields: Fields) =>
  (record: Fields): Fields =>
    Object.keys(fields).every((name) => name in record) ? record : { ...fields, ...record }

/** The text of version 1 said nothing of where and how much: everywhere, without a limit. Its signature is under the old shape, which no longer opens. */
const manifestOf1 = (record: Fields): Fields => {
  const body = record['body'] as Fields
  if ('prev' in body) return record
  const scopes = (body['scopes'] as Fields[]).map((scope) => ({ ...scope, locations: scope['locations'] ?? [''], max: scope['max'] ?? {} }))
  return { ...record, body: { ...body, prev: null, scopes }, shape: 1 }
}

/**
 * Every version there ever was, in order. Data of version 1 is what the first slice wrote. Fields that records gained since are filled in
 * here and nowhere else, so that the code above the store knows one shape only.
 */
export const migrations: readonly Migration[] = [
  {
    to: 2,
    what: 'manifests say where and how much at most; grants, offers and asks keep what suspends, blocks, answers and erases them',
    value: records({
      'ledger/manifests/': manifestOf1,
      'ledger/grants/': filledWith({
        causes: [],
        // How it was given was not kept, and no block of that time could be seen: any that stands now defeats it.
        given: new Uint8Array(),
        blocks: [],
        erasureAsked: false,
        erasureClaim: null,
      }),
      'ledger/held/': filledWith({ erasureAsked: false, erasureClaim: null }),
      'ledger/asks/': filledWith({ origin: 'contact', selfName: null, snoozedMs: null, denial: null, counter: null }),
      'ledger/ownAsks/': filledWith({ counter: null }),
      'ledger/earlyRevocations/': filledWith({ erasureAsked: false }),
    }),
  },
]
