import { randomBytes } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { limits, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import {
  backupKey,
  capabilities,
  chainBytes,
  chainOfContact,
  keepHousehold,
  openChain,
  rotate,
  seedFromWords,
  type Chain,
  type ChainBytes,
  type Contact,
} from '@porchlight/identity'
import { openStore, requireEmpty } from '@porchlight/store'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { keepOwnChain } from './own-household.ts'

export interface RecoverInput {
  /** State directory; must not be there, or be empty. */
  readonly dir: string
  /** The 24 recovery words. */
  readonly words: string
  /** `household.json` of an export of this household (contacts are taken from the `contacts.json` beside it), or `contacts.json` of an export by a contact. */
  readonly documents: string
  readonly passphrase?: string
  readonly nowMs: () => number
}

export interface Recovered {
  readonly household: HouseholdId
  readonly device: DeviceId
  /** Petnames of the contacts that were brought along; all of them are unverified again. */
  readonly contacts: readonly string[]
}

/** As an export writes it; contacts carry more. */
type Documented = { readonly household: string; readonly documents: readonly string[]; readonly suspensions: readonly string[] }

/**
 * Makes a new device of a household that lost all its machines and has no backup, from its words and its documents. Every other device is out.
 *
 * The root is rotated, because the documents may be old: a rotation stands against whatever the household signed after them with the same root,
 * where one more document beside those would be a dispute. No agreement comes back: the record is gone.
 *
 * @throws `SETTING_INVALID` with reason `not-empty`, `file`, `words-wrong` (or documents of another household); `BAD_REQUEST` as `rotate` of identity. The directory is as it was
 */
export async function recoverHousehold({ dir, words, documents, passphrase, nowMs }: RecoverInput): Promise<Recovered> {
  await requireEmpty(dir)
  const said = await readJson(documents)
  const { chain, seed } = await chainOfWords(Array.isArray(said) ? said : [said], words)
  const deviceKey = await keyFromSeed(new Uint8Array(randomBytes(32)))
  const device = deviceIdOf(deviceKey)
  const own = await rotate(chain, [{ key: device, caps: [...capabilities], exp: null }], { seed, atSec: Math.floor(nowMs() / 1000) })
  const contacts = Array.isArray(said) ? [] : await contactsIn(join(dirname(documents), 'contacts.json'))
  await using store = await openStore({ dir, ...(passphrase === undefined ? {} : { passphrase }) })
  await keepOwnChain(store.table<ChainBytes>('own-household'), chainBytes(own))
  for (const contact of contacts) await store.contacts.put(contact.household, contact)
  // Last: with the keys there is a household here.
  await keepHousehold(store.keystore, { genesis: own.genesis.bytes, deviceKey, recipient: backupKey(seed).recipient })
  return { household: own.household, device, contacts: contacts.map(({ petname }) => petname) }
}

/** The one household among these that the words are of. */
async function chainOfWords(candidates: readonly Documented[], words: string): Promise<{ chain: Chain; seed: Uint8Array }> {
  for (const candidate of candidates) {
    try {
      const chain = await openChain({ documents: candidate.documents.map(fromHex), suspensions: candidate.suspensions.map(fromHex) })
      const seed = await seedFromWords(words, { household: chain.household, genesis: chain.genesis.bytes })
      return { chain, seed }
    } catch {
      // Of another household, or not readable: the answer is the same when none fits.
    }
  }
  throw refusal('words-wrong', 'these words are of no household in this file: a word is wrong, or it is another household’s file')
}

/** The contacts of an export, as far as they can be read. Nothing signs the list as a whole, so none of them counts as compared. */
async function contactsIn(path: string): Promise<Contact[]> {
  const listed = (await readJson(path).catch(() => [])) as readonly (Contact & Documented)[]
  const contacts: Contact[] = []
  for (const { documents, suspensions, ...rest } of listed.slice(0, limits.contacts)) {
    const contact: Contact = {
      ...rest,
      documents: documents.map(toBase64url),
      suspensions: suspensions.map(toBase64url),
      level: 'unverified',
    }
    const chain = await chainOfContact(contact).catch(() => undefined)
    if (chain?.household === contact.household) contacts.push(contact)
  }
  return contacts
}

async function readJson(path: string): Promise<Documented | Documented[]> {
  try {
    await using file = await open(path, 'r')
    if ((await file.stat()).size > limits.recoveryDocumentsBytes) throw new Error(`more than ${limits.recoveryDocumentsBytes} bytes`)
    return JSON.parse(await readFile(file, 'utf8')) as Documented | Documented[]
  } catch (cause) {
    throw refusal('file', `${path} cannot be read as household.json or contacts.json of an export`, cause)
  }
}

const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
const toBase64url = (text: string): string => Buffer.from(text, 'hex').toString('base64url')
const refusal = (reason: string, message: string, cause?: unknown): PorchlightError =>
  new PorchlightError('SETTING_INVALID', message, { reason, cause })
