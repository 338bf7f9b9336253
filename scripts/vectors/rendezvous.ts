import type { DeviceId } from '@porchlight/core'
import { checkRecord, dayKeys, makeRecord, openRecord, pairSecret, type DayKeys } from '@porchlight/protocol-rendezvous'
import { deviceIdOf, keyFromSeed, type SigningKey } from '@porchlight/wire'
import { hex } from './bytes.ts'

const made = 'Written by scripts/make-vectors.ts.'
const day = 20_779
const seq = 1_800_000_000_000
const nonce = Uint8Array.from({ length: 12 }, (_, at) => at)
const addresses = ['/ip4/192.0.2.1/tcp/4001', '/ip6/2001:db8::1/tcp/4001']

interface Device {
  readonly seed: Uint8Array
  readonly key: SigningKey
  readonly id: DeviceId
}

async function device(fill: number): Promise<Device> {
  const seed = new Uint8Array(32).fill(fill)
  const key = await keyFromSeed(seed)
  return { seed, key, id: deviceIdOf(key) }
}

/** The vectors of rendezvous/1, by file name. Deterministic. */
export async function rendezvousVectors(): Promise<Record<string, object>> {
  const [one, other] = [await device(1), await device(2)]
  return { 'keys.json': keys(one, other), 'records.json': records(one, other) }
}

function keys(one: Device, other: Device): object {
  const secret = pairSecret(one.key, other.id)
  const shown = (name: string, writer: Device, onDay: number) => {
    const { key, publicKey, sealing } = dayKeys(secret, onDay, writer.id)
    return { name, writer: writer.id, day: onDay, publicKey: hex(publicKey), sealing: hex(sealing), key: hex(key) }
  }
  return {
    about: `Keys of one pair of devices, whose Ed25519 seeds are given. Bytes are hex. ${made}`,
    devices: [one, other].map(({ seed, id }) => ({ seed: hex(seed), id })),
    secret: hex(secret),
    cases: [shown('one direction', one, day), shown('the other direction', other, day), shown('the next day', one, day + 1), shown('the first day', one, 0)],
  }
}

function records(one: Device, other: Device): object {
  const secret = pairSecret(one.key, other.id)
  const today = dayKeys(secret, day, one.id)
  const record = makeRecord(today, { seq, addresses, nonce })
  const bad = (name: string, bytes: Uint8Array, keysOf: DayKeys = today) => ({ name, bytes: hex(bytes), valid: false, because: reasonOf(() => openRecord(keysOf, bytes)), seenByHolders: reasonOf(() => checkRecord(keysOf.key, bytes)) !== 'fine' })
  const valid = (name: string, list: readonly string[], number = seq) => {
    const bytes = makeRecord(today, { seq: number, addresses: list, nonce })
    const found = openRecord(today, bytes)
    return { name, bytes: hex(bytes), valid: true, fields: { seq: found.seq, addresses: found.addresses } }
  }
  const changed = (at: number): Uint8Array => record.map((byte, place) => (place === at ? byte ^ 1 : byte))
  const longOnes = Array.from({ length: 12 }, (_, at) => `/ip4/192.0.2.${at}/tcp/4001/p2p/${other.id}/p2p-circuit`)
  return {
    about: `Records by the first device of keys.json on day ${day}. Bytes are hex. "because" is the reason of the reference implementation; "seenByHolders" whether a holder refuses it too. ${made}`,
    day,
    key: hex(today.key),
    sealing: hex(today.sealing),
    cases: [
      valid('two addresses', addresses),
      valid('no address', []),
      valid('twelve relayed ones, of which not all may fit', longOnes),
      valid('number 1', addresses, 1),
      bad('a record of the next day', record, dayKeys(secret, day + 1, one.id)),
      bad('a record of the other direction', record, dayKeys(secret, day, other.id)),
      bad('the public key changed', changed(5)),
      bad('the number changed', changed(37)),
      bad('what is sealed changed', changed(100)),
      bad('the signature changed', changed(record.byteLength - 1)),
      bad('cut off', record.subarray(0, -1)),
      bad('a field that is not known', new Uint8Array([...record, 0x28, 0x01])),
      bad('the number in a longer encoding', longerNumber(record)),
      bad('number 0', makeRecord(today, { seq: 0, addresses, nonce })),
      bad('2049 bytes', new Uint8Array(2049)),
      bad('sealed with another key', makeRecord({ ...today, sealing: new Uint8Array(32) }, { seq, addresses, nonce })),
      bad('an address that is no multiaddr', makeRecord(today, { seq, addresses: ['http://192.0.2.1'], nonce })),
    ],
  }
}

/** The same number with a byte more, which protobuf reads as the same. */
function longerNumber(record: Uint8Array): Uint8Array {
  const end = record.findIndex((byte, at) => at > 34 && byte < 0x80)
  return new Uint8Array([...record.subarray(0, end), record[end]! | 0x80, 0, ...record.subarray(end + 1)])
}

function reasonOf(work: () => unknown): string {
  try {
    work()
    return 'fine'
  } catch (error) {
    return String((error as { reason?: string }).reason)
  }
}
