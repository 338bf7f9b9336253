import { siblingsProtocol } from '@porchlight/protocol-household'
import { deviceIdOf, idOf, keyFromSeed } from '@porchlight/wire'
import { fromHex, hex, join, utf8, varint } from './bytes.ts'

const object = (name: string) => idOf(utf8(name))
const { facts, changed, join: joining } = siblingsProtocol.methods
type Page = Parameters<typeof facts.output.encode>[0]
type Request = Parameters<typeof facts.input.encode>[0]

/** Fields as JSON: bytes in hex, everything else as it is. */
const plain = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? hex(value)
    : Array.isArray(value)
      ? value.map(plain)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
        : value

/** One field with a length: number, then bytes. */
const field = (number: number, bytes: Uint8Array): Uint8Array => join(Uint8Array.of(number * 8 + 2), varint(bytes.byteLength), bytes)
const text = (number: number, value: string): Uint8Array => field(number, utf8(value))

/** The messages of siblings/1. Deterministic. */
export async function siblingVectors(): Promise<object> {
  const device = deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(1)))
  const usage = { grant: object('grant'), scope: 'read', total: 5_000_000_000, day: 20_833, today: 12 }
  const none: Request = { after: null, heard: [], usage: [], read: null }
  const empty: Page = { facts: [], cursor: null, reset: false, more: false, heard: [], checkpoints: [], log: null, read: null, usage: [] }
  const fact = (kind: string) => ({ kind, id: object(kind), bytes: fromHex('010203') })
  const [cursor, log, read] = [{ n: 2, mark: object('mark') }, { n: 300, id: object('entry') }, { n: 7, id: object('other entry') }]

  const valid = (message: string, name: string, bytes: Uint8Array, fields: object) => ({ message, name, bytes: hex(bytes), valid: true, fields: plain(fields) })
  const invalid = (message: string, name: string, bytes: Uint8Array, because: string) => ({ message, name, bytes: hex(bytes), valid: false, because })
  const request = (name: string, change: Partial<Request>) => valid('FactsRequest', name, facts.input.encode({ ...none, ...change }), { ...none, ...change })
  const page = (name: string, change: Partial<Page>) => valid('FactsPage', name, facts.output.encode({ ...empty, ...change }), { ...empty, ...change })
  const asked = { inviteId: new Uint8Array(8).fill(3), proof: new Uint8Array(32).fill(4) }
  const answered = { proof: new Uint8Array(32).fill(5), own: { documents: [fromHex('0102'), fromHex('03')], suspensions: [fromHex('04')] }, name: 'Ana & Tom', backupRecipient: undefined }
  const cut = facts.input.encode({ ...none, after: cursor })
  return {
    about:
      'Messages of siblings/1. Bytes are hex; the envelopes in them are placeholders. "fields" is what a reader has afterwards: null for a message in it that is absent, the default of proto3 for anything else. An invalid one is refused whole: "malformed" as protobuf, "id" for a text that is no id, "page" for what no page may be. Written by scripts/make-vectors.ts.',
    cases: [
      request('of a reader that has nothing: no bytes at all', {}),
      request('of a reader that stands somewhere and says what it heard, used and read', { after: cursor, heard: [{ device, ageSec: 0 }, { device, ageSec: 90 }], usage: [usage], read }),
      page('of an empty list: no bytes at all', {}),
      page('with facts and more behind them', { facts: [fact('manifest'), fact('grant')], cursor, more: true }),
      page('that begins again at the start, and is the last', { facts: [fact('revoke')], cursor, reset: true, heard: [{ device, ageSec: 5 }], log, read, usage: [usage] }),
      page('with a kind that nobody knows yet: it is left', { facts: [fact('promise')], cursor }),
      page('with a checkpoint', { cursor, checkpoints: [utf8('note')] }),
      valid('Changed', 'that something is new', changed.input.encode({}), {}),
      valid('JoinRequest', 'with a proof', joining.input.encode(asked), asked),
      valid('JoinAnswer', 'with the household and its name', joining.output.encode(answered), { ...answered, backupRecipient: null }),
      valid('JoinAnswer', 'with what backups are sealed to', joining.output.encode({ ...answered, backupRecipient: 'age1example' }), { ...answered, backupRecipient: 'age1example' }),
      invalid('FactsRequest', 'cut off', cut.subarray(0, -1), 'malformed'),
      invalid('FactsRequest', 'with a mark that is no id', field(1, join(Uint8Array.of(8, 1), text(2, 'mark'))), 'id'),
      invalid('FactsRequest', 'that heard of what is no device', field(2, text(1, 'laptop')), 'id'),
      invalid('FactsRequest', 'with a use of what is no grant', field(4, text(1, 'grant')), 'id'),
      invalid('FactsPage', 'with nothing in it and more behind it', Uint8Array.of(0x20, 1), 'page'),
      invalid('FactsPage', 'with a fact whose id is none', field(1, join(text(1, 'grant'), text(2, 'grant'))), 'id'),
      invalid('FactsPage', 'with a log that ends at no entry', field(7, join(Uint8Array.of(8, 1), text(2, 'entry'))), 'id'),
      invalid('FactsPage', 'cut off', facts.output.encode({ ...empty, facts: [fact('grant')], cursor }).subarray(0, -1), 'malformed'),
      invalid('JoinAnswer', 'cut off', joining.output.encode(answered).subarray(0, -1), 'malformed'),
    ],
  }
}
