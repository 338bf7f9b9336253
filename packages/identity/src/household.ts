import { PorchlightError } from '@porchlight/core'
import { deviceIdOf, keyFromBytes, keyFromSeed, keyToBytes, type SigningKey } from '@porchlight/wire'
import { chainOf, extendChain, type Chain, type ChainBytes } from './chain.ts'
import { createGenesis, openGenesis } from './document.ts'
import type { Keystore } from './keystore.ts'
import { recoveryWordsOf } from './recovery-words.ts'
import { backupKey, seedBytes } from './seed.ts'

/** What the keystore holds, by name. */
const kept = { seed: 'seed', deviceKey: 'device-key', genesis: 'genesis', backupRecipient: 'backup-recipient' } as const

/** Names of the secrets that a backup takes along. The seed is among them until a person has the words. */
export const householdKeyNames: readonly string[] = Object.values(kept)

/** This device's view of its own household. */
export interface OwnHousehold {
  /** What is known here of its documents and suspensions. */
  readonly chain: Chain
  /** Key of this device: what libp2p speaks with and objects are signed with. */
  readonly deviceKey: SigningKey
}

/**
 * Makes a household and its first device. The genesis document is written last: a household exists once that write resolved, and a
 * crash before leaves nothing but random numbers, which the next attempt replaces.
 *
 * @param random  cryptographically secure bytes
 * @throws `SETTING_INVALID` with reason `household-exists` when there is one; nothing is changed then
 */
export async function createHousehold(
  keystore: Keystore,
  { random, atSec }: { random: (bytes: number) => Uint8Array; atSec: number },
): Promise<OwnHousehold> {
  if (await keystore.read(kept.genesis))
    throw new PorchlightError('SETTING_INVALID', 'there is a household here already', { reason: 'household-exists' })
  const seed = random(seedBytes)
  const deviceKey = await keyFromSeed(random(32))
  const document = await createGenesis({ seed, device: deviceIdOf(deviceKey), atSec })
  await keystore.write(kept.seed, seed)
  await keystore.write(kept.deviceKey, keyToBytes(deviceKey))
  await keystore.write(kept.backupRecipient, new TextEncoder().encode(backupKey(seed).recipient))
  await keystore.write(kept.genesis, document.bytes)
  return { chain: chainOf(document), deviceKey }
}

/**
 * The household that the keystore holds.
 *
 * @param known  documents and suspensions that were kept elsewhere since it was made; what of them does not belong to it is left out
 * @returns `undefined` when there is none yet
 * @throws `SETTING_INVALID` with reason `household-damaged` when a part is missing, unreadable, or another household's
 */
export async function openHousehold(
  keystore: Keystore,
  known: ChainBytes = { documents: [], suspensions: [] },
): Promise<OwnHousehold | undefined> {
  const genesis = await keystore.read(kept.genesis)
  if (genesis === undefined) return undefined
  const keyBytes = await keystore.read(kept.deviceKey)
  if (keyBytes === undefined) throw damaged('the key of this device is missing')
  let own: OwnHousehold
  try {
    const { chain } = await extendChain(chainOf(await openGenesis(genesis)), known)
    own = { chain, deviceKey: keyFromBytes(keyBytes) }
  } catch (cause) {
    throw damaged('a document or the key of this device cannot be read', cause)
  }
  const device = deviceIdOf(own.deviceKey)
  // One that was taken out later still opens: it has to be able to say so, and to end what it gave.
  if (!own.chain.documents.some(({ body }) => body.devices.some(({ key }) => key === device)))
    throw damaged('the key of this device is in no document of the household')
  return own
}

/** What backups are sealed to (an age recipient): kept since the household was made, because the seed leaves and backups go on. `undefined` on a device that never had it. */
export async function backupRecipient(keystore: Keystore): Promise<string | undefined> {
  const bytes = await keystore.read(kept.backupRecipient)
  return bytes && new TextDecoder().decode(bytes)
}

/**
 * Keeps what a device needs to be one of a household that was made elsewhere. As with `createHousehold`, it is so once this resolved.
 *
 * @param genesis  the first document of the household; the newer ones, which name this device, are for `openHousehold` to be given
 * @throws `SETTING_INVALID` with reason `household-exists` when there is a household here; nothing is changed then
 */
export async function keepHousehold(
  keystore: Keystore,
  { genesis, deviceKey, recipient }: { genesis: Uint8Array; deviceKey: SigningKey; recipient: string | undefined },
): Promise<void> {
  if (await keystore.read(kept.genesis))
    throw new PorchlightError('SETTING_INVALID', 'there is a household here already', { reason: 'household-exists' })
  await openGenesis(genesis)
  await keystore.write(kept.deviceKey, keyToBytes(deviceKey))
  if (recipient !== undefined) await keystore.write(kept.backupRecipient, new TextEncoder().encode(recipient))
  await keystore.write(kept.genesis, genesis)
}

const damaged = (what: string, cause?: unknown): PorchlightError =>
  new PorchlightError('SETTING_INVALID', `the household's keys are damaged: ${what}; restore them from a backup`, {
    reason: 'household-damaged',
    cause,
  })

/** Recovery words that wait to be shown. */
export interface RecoveryWords {
  readonly words: readonly string[]
  /** Say that a person has them: the seed leaves this machine, and only the words bring it back. */
  shown(): Promise<void>
}

/**
 * The recovery words, as long as nobody has seen them. The seed stays in the keystore until `shown()` and not a moment longer: what is
 * not here cannot be stolen from here.
 *
 * @returns `undefined` once they were shown
 */
export async function takeRecoveryWords(keystore: Keystore): Promise<RecoveryWords | undefined> {
  const seed = await keystore.read(kept.seed)
  if (seed === undefined) return undefined
  return { words: recoveryWordsOf(seed), shown: () => keystore.delete(kept.seed) }
}
