import { expect, it } from 'vitest'
import { memoryKeystore } from './keystore.ts'

it('a keystore keeps what was written, whatever becomes of the bytes that were given or read', async () => {
  const keystore = memoryKeystore()
  const bytes = Uint8Array.of(1, 2)
  await keystore.write('seed', bytes)
  bytes.fill(9)
  const read = await keystore.read('seed')
  expect(read).toEqual(Uint8Array.of(1, 2))
  read!.fill(9)
  expect(await keystore.read('seed')).toEqual(Uint8Array.of(1, 2))
  await keystore.delete('seed')
  expect(await keystore.read('seed')).toBeUndefined()
})
