import { randomBytes } from 'node:crypto'
import {
  changeDevices,
  chainBytes,
  keepHousehold,
  openHousehold,
  seedFromWords,
  type Capability,
  type ChainBytes,
} from '@porchlight/identity'
import { openStore } from '@porchlight/store'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'

/**
 * Makes a directory one of a second device of the household in another directory, as joining does, without the network. Both nodes must be closed.
 *
 * @param words  the recovery words
 */
export async function addDevice(
  first: string,
  second: string,
  words: string,
  caps: Capability[] = ['serve', 'grant', 'revoke', 'govern'],
): Promise<void> {
  const deviceKey = await keyFromSeed(new Uint8Array(randomBytes(32)))
  const atSec = Math.floor(Date.now() / 1000)
  const store = await openStore({ dir: first })
  const chains = store.table<ChainBytes>('own-household')
  const own = (await openHousehold(store.keystore, await chains.get('chain')))!
  const genesis = own.chain.genesis.bytes
  const seed = await seedFromWords(words, { household: own.chain.household, genesis })
  const chain = await changeDevices(own.chain, { add: [{ key: deviceIdOf(deviceKey), caps, exp: null }] }, { seed, atSec })
  await chains.put('chain', chainBytes(chain))
  await store.close()
  const other = await openStore({ dir: second })
  await keepHousehold(other.keystore, { genesis, deviceKey, recipient: undefined })
  await other.table<ChainBytes>('own-household').put('chain', chainBytes(chain))
  await other.close()
}

/** Copies what one device knows of its contacts to another: what devices of one household tell each other. */
export async function copyContacts(from: string, to: string): Promise<void> {
  const [one, other] = [await openStore({ dir: from }), await openStore({ dir: to })]
  for (const contact of await one.table<{ household: string }>('contacts').all())
    await other.table('contacts').put(contact.household, contact)
  await one.close()
  await other.close()
}
