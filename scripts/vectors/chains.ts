import { changeDevices, createGenesis, createSuspension, devicesInForce, documentType, isFrozen, openChain, chainOf, rootKey, rotate, type Chain, type DeviceEntry, type DocumentBody } from '@porchlight/identity'
import { householdProtocol } from '@porchlight/protocol-household'
import { deviceIdOf, keyFromSeed, seal, type SigningKey } from '@porchlight/wire'
import { hex } from './bytes.ts'

const atSec = 1_800_000_000
const seed = new Uint8Array(32).fill(7)
const made = 'Written by scripts/make-vectors.ts.'
const entry = (key: SigningKey, caps: DeviceEntry['caps'] = ['serve', 'grant', 'revoke', 'govern'], exp: number | null = null): DeviceEntry => ({ key: deviceIdOf(key), caps, exp })

/** The vectors of household documents and suspensions. Deterministic. */
export async function chainVectors(): Promise<object> {
  const [laptop, phone, thief] = await Promise.all([1, 2, 3].map((fill) => keyFromSeed(new Uint8Array(32).fill(fill))))
  if (!laptop || !phone || !thief) throw new Error('three devices')
  const [root, next, third] = await Promise.all([0, 1, 2].map((n) => rootKey(seed, n)))
  if (!root || !next || !third) throw new Error('three roots')
  const by = { seed, atSec: atSec + 10 }
  const one = chainOf(await createGenesis({ seed, device: deviceIdOf(laptop), atSec }))
  const two = await changeDevices(one, { add: [entry(phone, ['serve'], atSec + 100)] }, by)
  const rotated = await rotate(two, [entry(laptop)], by)
  const following = (chain: Chain, change: Partial<DocumentBody>, key = root) =>
    seal(documentType, { ...chain.head.body, seq: chain.head.body.seq + 1, prev: chain.head.id, at: atSec + 20, ...change }, key)
  const suspend = (chain: Chain, dev: SigningKey, device: SigningKey, change: { household?: Chain['household']; seq?: number } = {}) =>
    createSuspension({ household: change.household ?? chain.household, doc: { id: chain.head.id, body: { seq: change.seq ?? chain.head.body.seq } }, key: dev, device: deviceIdOf(device), atSec: atSec + 30, random: (bytes) => new Uint8Array(bytes).fill(9) })
  const other = chainOf(await createGenesis({ seed: new Uint8Array(32).fill(8), device: deviceIdOf(thief), atSec }))
  const stolen = await following(one, { devices: [entry(laptop), entry(thief)] })
  const bytesOf = (chain: Chain) => chain.documents.map(({ bytes }) => bytes)

  const valid = async (name: string, documents: Uint8Array[], suspensions: Uint8Array[] = [], nowSec = atSec + 50) => {
    const chain = await openChain({ documents, suspensions })
    return { name, documents: documents.map(hex), suspensions: suspensions.map(hex), nowSec, household: chain.household, head: chain.head.id, frozen: isFrozen(chain), devices: devicesInForce(chain, nowSec) }
  }
  const refused = (name: string, because: string, documents: Uint8Array[], suspensions: Uint8Array[] = []) => ({ name, documents: documents.map(hex), suspensions: suspensions.map(hex), refused: because })
  const bad = async (name: string, because: string, change: Partial<DocumentBody>, key = root) => refused(name, because, [...bytesOf(one), (await following(one, change, key)).bytes])

  return {
    about: `Chains of a household: envelopes in hex. A valid one with what it comes to at nowSec; an invalid one has one object that is refused, and why. ${made}`,
    valid: [
      await valid('a first document', bytesOf(one)),
      await valid('a second device, for a time', bytesOf(two)),
      await valid('the same, after that time', bytesOf(two), [], atSec + 100),
      await valid('a suspension', bytesOf(two), [(await suspend(two, phone, laptop)).bytes]),
      await valid('a suspension holds in a document that was made beside it', [...bytesOf(two), (await following(two, {})).bytes], [(await suspend(two, laptop, phone)).bytes]),
      await valid('a rotation', bytesOf(rotated)),
      await valid('two documents with the same number are in dispute', [...bytesOf(two), stolen.bytes]),
      await valid('a rotation voids what the old root signed beside it', [...bytesOf(rotated), stolen.bytes]),
      await valid('two rotations are in dispute', [...bytesOf(rotated), (await following(one, { root: deviceIdOf(next), next: rotated.head.body.next }, next)).bytes]),
    ],
    invalid: [
      await bad('a document signed by a device', 'signer', {}, laptop),
      await bad('a number that is not the next', 'document-seq', { seq: 2 }),
      await bad('another next root under the same root', 'document-next', { next: new Uint8Array(32).fill(1) }),
      await bad('a rotation to a root that nobody committed to', 'document-root', { root: deviceIdOf(third) }, third),
      await bad('a document that follows none that is known', 'document-prev', { prev: other.head.id }),
      refused("another household's document", 'document-prev', [...bytesOf(one), ...bytesOf(other)]),
      refused('a first document that is missing', 'document-seq', bytesOf(two).slice(1)),
      refused('a suspension by a device that is not named', 'suspend-signer', bytesOf(two), [(await suspend(two, thief, laptop)).bytes]),
      refused('a suspension of a device that is not named', 'suspend-device', bytesOf(two), [(await suspend(two, laptop, thief)).bytes]),
      refused('a suspension under a document that is not known', 'suspend-document', bytesOf(one), [(await suspend(two, laptop, phone)).bytes]),
      refused('a suspension under a wrong number', 'suspend-document', bytesOf(two), [(await suspend(two, laptop, phone, { seq: 0 })).bytes]),
      refused('a suspension for another household', 'suspend-household', bytesOf(two), [(await suspend(two, laptop, phone, { household: other.household })).bytes]),
    ],
  }
}

/** The vectors of the messages of household/1. */
export function presentVectors(): object {
  const { input, output } = householdProtocol.methods.present
  const own = { documents: [Uint8Array.of(1, 2, 3), Uint8Array.of(4)], suspensions: [Uint8Array.of(5, 6)] }
  const none = { documents: [], suspensions: [] }
  const shown = ({ documents, suspensions }: typeof own) => ({ documents: documents.map(hex), suspensions: suspensions.map(hex) })
  const present = (name: string, yours: typeof own, checkpoints: Uint8Array[] = []) => ({ name, message: 'Present', bytes: hex(input.encode({ own, yours, checkpoints })), own: shown(own), yours: shown(yours), checkpoints: checkpoints.map(hex) })
  const notes = [Uint8Array.of(7, 8), Uint8Array.of(9)]
  return {
    about: `Messages of household/1 in hex; the envelopes in them are placeholders. ${made}`,
    cases: [
      present('both chains', own),
      present('nothing known of the receiver', none),
      present('with checkpoints', own, notes),
      { name: 'an answer to a contact', message: 'Presented', bytes: hex(output.encode({ own })), own: shown(own), checkpoints: [] },
      { name: 'an answer with checkpoints', message: 'Presented', bytes: hex(output.encode({ own, checkpoints: notes })), own: shown(own), checkpoints: notes.map(hex) },
      { name: 'the answer to anybody else', message: 'Presented', bytes: hex(output.encode({})), own: null, checkpoints: [] },
    ],
  }
}
