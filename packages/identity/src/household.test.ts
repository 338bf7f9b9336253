import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { expect, it } from 'vitest'
import { backupRecipient, createHousehold, keepHousehold, openHousehold, takeRecoveryWords } from './household.ts'
import { memoryKeystore } from './keystore.ts'
import { seedFromWords } from './recovery-words.ts'
import { backupKey, rootKey } from './seed.ts'
import { bytesOfAll, entry, following } from './testing/chains.ts'

const counting = () => {
  let next = 0
  return (bytes: number): Uint8Array => new Uint8Array(bytes).fill((next += 1))
}
const made = async (keystore = memoryKeystore()) => ({ keystore, own: await createHousehold(keystore, { random: counting(), atSec: 5 }) })

it('a household that was made is the one that opens', async () => {
  const { keystore, own } = await made()
  const opened = await openHousehold(keystore)
  expect(opened?.chain.household).toBe(own.chain.household)
  expect(opened?.deviceKey.equals(own.deviceKey)).toBe(true)
})

it('an empty keystore holds no household and no words', async () => {
  expect(await openHousehold(memoryKeystore())).toBeUndefined()
  expect(await takeRecoveryWords(memoryKeystore())).toBeUndefined()
})

it('a second household is never made over the first', async () => {
  const { keystore, own } = await made()
  await expect(createHousehold(keystore, { random: counting(), atSec: 6 })).rejects.toMatchObject({
    code: 'SETTING_INVALID',
    reason: 'household-exists',
    message: 'there is a household here already',
  })
  expect((await openHousehold(keystore))?.chain.household).toBe(own.chain.household)
})

it.each([0, 1, 2, 3])('a crash at write %i of making leaves a keystore in which a household can be made', async (crashAt) => {
  const keystore = memoryKeystore()
  let writes = 0
  const crashing = {
    ...keystore,
    write: async (name: string, bytes: Uint8Array) => {
      if (writes++ === crashAt) throw new Error('crash')
      await keystore.write(name, bytes)
    },
  }
  await expect(made(crashing)).rejects.toThrow('crash')
  expect(await openHousehold(keystore)).toBeUndefined()
  await made(keystore)
  expect(await openHousehold(keystore)).toBeDefined()
})

it('the recovery words can be taken again until they were shown, and never after', async () => {
  const { keystore, own } = await made()
  const first = await takeRecoveryWords(keystore)
  const again = await takeRecoveryWords(keystore)
  expect(again?.words).toEqual(first?.words)
  expect(await seedFromWords(first!.words.join(' '), { household: own.chain.household, genesis: own.chain.genesis.bytes })).toEqual(
    new Uint8Array(32).fill(1),
  )
  await again!.shown()
  expect(await takeRecoveryWords(keystore)).toBeUndefined()
  expect(await keystore.read('seed')).toBeUndefined()
  expect(await openHousehold(keystore)).toBeDefined()
})

it.each([
  ['its device key is missing', 'is missing', (keystore: ReturnType<typeof memoryKeystore>) => keystore.delete('device-key')],
  [
    'its device key is torn',
    'cannot be read',
    (keystore: ReturnType<typeof memoryKeystore>) => keystore.write('device-key', new Uint8Array(10)),
  ],
  [
    'its document is torn',
    'cannot be read',
    (keystore: ReturnType<typeof memoryKeystore>) => keystore.write('genesis', new Uint8Array(10)),
  ],
  [
    "its device key is another household's",
    'is in no document of the household',
    async (keystore: ReturnType<typeof memoryKeystore>) => {
      const other = memoryKeystore()
      await createHousehold(other, { random: (bytes) => new Uint8Array(bytes).fill(99), atSec: 5 })
      await keystore.write('device-key', (await other.read('device-key'))!)
    },
  ],
])('a household is reported damaged when %s', async (_, what, damage) => {
  const { keystore } = await made()
  await damage(keystore)
  await expect(openHousehold(keystore)).rejects.toMatchObject({
    code: 'SETTING_INVALID',
    reason: 'household-damaged',
    message: expect.stringMatching(`^the household's keys are damaged: .*${what}.*; restore them from a backup$`),
  })
})

it('a device that a later document added, or took out, still opens its household', async () => {
  const { keystore, own } = await made()
  const root = await rootKey(new Uint8Array(32).fill(1), 0)
  const second = await keyFromSeed(new Uint8Array(32).fill(50))
  const both = await following(own.chain.genesis, { root, devices: [entry(own.deviceKey), entry(second)] })
  const later = await following(both, { root, devices: [entry(second)] })
  const joined = memoryKeystore()
  await keepHousehold(joined, { genesis: own.chain.genesis.bytes, deviceKey: second, recipient: undefined })
  await expect(openHousehold(joined)).rejects.toMatchObject({ reason: 'household-damaged' })
  expect((await openHousehold(joined, bytesOfAll([both])))?.chain.head.id).toBe(both.id)
  expect((await openHousehold(keystore, bytesOfAll([both, later])))?.chain.head.id).toBe(later.id)
})

it('a household that was made elsewhere is kept with all that was given, and never over another', async () => {
  const { keystore, own } = await made()
  const { recipient } = backupKey(new Uint8Array(32).fill(1))
  expect(await backupRecipient(keystore)).toBe(recipient)
  const kept = { genesis: own.chain.genesis.bytes, deviceKey: own.deviceKey, recipient }
  await expect(keepHousehold(keystore, kept)).rejects.toMatchObject({
    code: 'SETTING_INVALID',
    reason: 'household-exists',
    message: 'there is a household here already',
  })
  const [other, bare] = [memoryKeystore(), memoryKeystore()]
  await keepHousehold(other, kept)
  expect(deviceIdOf((await openHousehold(other))!.deviceKey)).toBe(deviceIdOf(own.deviceKey))
  expect(await backupRecipient(other)).toBe(recipient)
  await keepHousehold(bare, { ...kept, recipient: undefined })
  expect(await backupRecipient(bare)).toBeUndefined()
})

it('a first document that cannot be read is not kept', async () => {
  const { own } = await made()
  const keystore = memoryKeystore()
  const given = { genesis: own.chain.genesis.bytes.slice(1), deviceKey: own.deviceKey, recipient: undefined }
  await expect(keepHousehold(keystore, given)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect(await openHousehold(keystore)).toBeUndefined()
})
