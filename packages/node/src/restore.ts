import { backupIdentity, openGenesis, seedFromWords } from '@porchlight/identity'
import { limits, PorchlightError } from '@porchlight/core'
import { openSealed, requireEmpty, restoreInto, unpackBackup } from '@porchlight/store'
import { open } from 'node:fs/promises'

export interface RestoreInput {
  /** State directory; must not be there, or be empty. */
  readonly dir: string
  /** The backup. */
  readonly file: string
  /** What opens it: the 24 recovery words, or the passphrase it was sealed with. */
  readonly key: { readonly words: string } | { readonly passphrase: string }
  /** Id of the household that is expected; any when it is not given. */
  readonly household?: string
  readonly nowMs: () => number
}

/** Whose state stands in the directory now. */
export interface Restored {
  readonly household: string
  readonly device: string
  /** When the backup was made. What was agreed or revoked since is not in it. */
  readonly madeMs: number
}

/**
 * Makes a state directory from a backup. It begins with everything suspended: what was revoked since the backup was made counts as in force in it.
 *
 * @throws `SETTING_INVALID` with reason `not-empty`, `not-a-backup`, `words-wrong`, `words-needed`, `passphrase-wrong`, `passphrase-needed`,
 *         `backup-damaged`, `newer-data`, `other-household` or `file`; the directory is as it was
 */
export async function restoreHousehold({ dir, file, key, household, nowMs }: RestoreInput): Promise<Restored> {
  await requireEmpty(dir)
  const sealed = await readBackup(file)
  const contents = unpackBackup(await openSealed(sealed, 'words' in key ? { identity: identityOf(key.words) } : key))
  const { manifest, keys } = contents
  const genesis = keys.get('genesis')
  if (genesis === undefined || !keys.has('device-key')) throw refusal('backup-damaged', 'the backup holds no keys of a household')
  const document = await openGenesis(genesis).catch((cause: unknown) => {
    throw refusal('backup-damaged', 'the household document in the backup cannot be read', cause)
  })
  if (document.household !== manifest.household)
    throw refusal('backup-damaged', 'the backup holds the document of another household than it says')
  if (household !== undefined && household !== manifest.household)
    throw refusal('other-household', `the backup is of household ${manifest.household}, not of ${household}`)
  if ('words' in key)
    await seedFromWords(key.words, { household: document.household, genesis }).catch((cause: unknown) => {
      throw refusal('words-wrong', 'these are not the words of the household in this backup', cause)
    })
  await restoreInto(dir, contents, nowMs())
  return { household: manifest.household, device: manifest.device, madeMs: manifest.madeMs }
}

function identityOf(words: string): string {
  try {
    return backupIdentity(words)
  } catch (cause) {
    throw refusal('words-wrong', 'these are not 24 recovery words: one is misspelt, missing or in another place', cause)
  }
}

async function readBackup(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw refusal('file', `${path} cannot be read (${cause.code})`, cause)
  })
  try {
    const { size } = await file.stat()
    if (size > limits.backupBytes) throw refusal('not-a-backup', `${path} has ${size} bytes, a backup at most ${limits.backupBytes}`)
    return new Uint8Array(await file.readFile())
  } finally {
    await file.close()
  }
}

const refusal = (reason: string, message: string, cause?: unknown): PorchlightError =>
  new PorchlightError('SETTING_INVALID', message, { reason, cause })
