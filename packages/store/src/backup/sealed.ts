import { limits, PorchlightError } from '@porchlight/core'
import { Decrypter, Encrypter } from 'age-encryption'

/** What a backup is sealed to: the household's own recipient, whose key follows from the words, or a passphrase. */
export type SealTo = { readonly recipient: string } | { readonly passphrase: string; readonly workFactor?: number }
/** What opens it. */
export type OpenWith = { readonly identity: string } | { readonly passphrase: string }

/** Seals bytes as one age file (age-encryption.org/v1), which the stock `age` tool opens. */
export async function sealBackup(bytes: Uint8Array, to: SealTo): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  if ('recipient' in to) encrypter.addRecipient(to.recipient)
  else {
    encrypter.setPassphrase(to.passphrase)
    if (to.workFactor !== undefined) encrypter.setScryptWorkFactor(to.workFactor)
  }
  return encrypter.encrypt(bytes)
}

/**
 * Opens an age file.
 *
 * @throws `SETTING_INVALID` with reason `not-a-backup` for a file of another kind, `words-needed` or `passphrase-needed` when it wants the
 *         other kind of key, `words-wrong` or `passphrase-wrong` when the key does not open it, `backup-damaged` when what it holds was cut or changed
 */
export async function openSealed(bytes: Uint8Array, key: OpenWith): Promise<Uint8Array> {
  if (bytes.byteLength > limits.backupBytes)
    throw refusal('not-a-backup', `the file has ${bytes.byteLength} bytes, a backup at most ${limits.backupBytes}`)
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200)).split('\n')
  if (head[0] !== 'age-encryption.org/v1') throw refusal('not-a-backup', 'the file is not an age file (age-encryption.org/v1)')
  const byPassphrase = head[1]?.startsWith('-> scrypt ') === true
  if (byPassphrase && 'identity' in key)
    throw refusal('passphrase-needed', 'this backup was sealed with a passphrase, not to the recovery words')
  if (!byPassphrase && 'passphrase' in key)
    throw refusal('words-needed', 'this backup was sealed to the recovery words, not with a passphrase')
  const decrypter = new Decrypter()
  if ('identity' in key) decrypter.addIdentity(key.identity)
  else decrypter.addPassphrase(key.passphrase)
  try {
    return await decrypter.decrypt(bytes)
  } catch (cause) {
    if (/no identity matched/i.test(String(cause)))
      throw 'identity' in key
        ? refusal('words-wrong', 'these recovery words do not open this backup: it is of another household, or a word is wrong', cause)
        : refusal('passphrase-wrong', 'the passphrase does not open this backup', cause)
    throw refusal('backup-damaged', 'the backup was cut or changed since it was made', cause)
  }
}

const refusal = (reason: string, message: string, cause?: unknown): PorchlightError =>
  new PorchlightError('SETTING_INVALID', message, { reason, cause })
