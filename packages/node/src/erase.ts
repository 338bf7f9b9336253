import { readdir } from 'node:fs/promises'
import { PorchlightError } from '@porchlight/core'
import type { Contact } from '@porchlight/identity'
import { eraseHousehold as eraseDir, openStore } from '@porchlight/store'

/** What is known of a household before it is erased, and what of it others keep. */
export interface Erasable {
  readonly name: string
  readonly contacts: readonly string[]
  /** Grants that were given, whether in force or over: each contact keeps the signed objects about them. */
  readonly given: number
  readonly received: number
}

/** Looks at a household whose daemon does not run, and makes nothing where none is. @throws `SETTING_INVALID` with reason `no-household`, and as `openStore` */
export async function describeHousehold(dir: string): Promise<Erasable> {
  const names = await readdir(dir).catch((): string[] => [])
  if (!names.includes('db'))
    throw new PorchlightError('SETTING_INVALID', `there is no household in ${dir}; nothing was erased`, { reason: 'no-household' })
  await using store = await openStore({ dir })
  const { grants, held } = await store.ledger.load()
  const profile = await store.table<{ name: string }>('profile').get('own')
  const contacts = (await store.table<Contact>('contacts').all()).map(({ petname }) => petname)
  return { name: profile?.name ?? '', contacts, given: grants.length, received: held.length }
}

/** Erases a household from this machine. @returns names in the directory that are not Porchlight's and stay */
export const eraseHousehold = (dir: string): Promise<readonly string[]> => eraseDir(dir)
