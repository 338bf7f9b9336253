import { backupKey } from '@porchlight/identity'
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption'
import { expect, it } from 'vitest'

const seed = new Uint8Array(32).map((_, at) => at)

it('the backup identity is one that age takes, and it opens what was sealed to the recipient', async () => {
  const { identity, recipient } = backupKey(seed)
  expect(identity).toMatch(/^AGE-SECRET-KEY-1[A-Z0-9]{58}$/)
  expect(await identityToRecipient(identity)).toBe(recipient)
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  const sealed = await encrypter.encrypt('a backup')
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  expect(await decrypter.decrypt(sealed, 'text')).toBe('a backup')
})
