import { limits } from '@porchlight/core'
import { deviceIdOf, keyFromSeed, seal, type SigningKey } from '@porchlight/wire'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  commitmentTo,
  createGenesis,
  documentType,
  openDocument,
  openGenesis,
  type DocumentBody,
  type HouseholdDocument,
} from './document.ts'
import { rootKey } from './seed.ts'

const seed = new Uint8Array(32).fill(7)
const atSec = 1_800_000_000
let device: SigningKey
let root: SigningKey
let genesis: HouseholdDocument

beforeAll(async () => {
  device = await keyFromSeed(new Uint8Array(32).fill(1))
  root = await rootKey(seed, 0)
  genesis = await createGenesis({ seed, device: deviceIdOf(device), atSec })
})

/** The genesis body with something changed, signed by its root unless another key is named. */
const sealed = async (change: Partial<DocumentBody>, key = root) => (await seal(documentType, { ...genesis.body, ...change }, key)).bytes

describe('a genesis document', () => {
  it('opens to the same household from its bytes alone', async () => {
    const opened = await openGenesis(genesis.bytes)
    expect(opened.household).toBe(genesis.household)
    expect(opened.body).toEqual(genesis.body)
  })

  it('names the one device it begins with, for good and with every capability', () => {
    expect(genesis.body.devices).toEqual([{ key: deviceIdOf(device), caps: ['serve', 'grant', 'revoke', 'govern'], exp: null }])
  })

  it('is the same for the same seed, device and second, and another for another', async () => {
    const same = await createGenesis({ seed, device: deviceIdOf(device), atSec })
    const later = await createGenesis({ seed, device: deviceIdOf(device), atSec: atSec + 1 })
    expect(same.household).toBe(genesis.household)
    expect(later.household).not.toBe(genesis.household)
  })

  it('signed by one of its devices instead of its root is refused', async () => {
    await expect(openGenesis(await sealed({}, device))).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'signer' })
  })

  it('that is a later one is refused as such', async () => {
    await expect(openGenesis(await sealed({ seq: 1, prev: genesis.id }))).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'document-seq',
      message: expect.stringContaining('seq 1, a first document has 0'),
    })
    await expect(openGenesis(await sealed({ seq: 1, prev: genesis.id }, device))).rejects.toMatchObject({ reason: 'signer' })
  })

  it('that names a predecessor is refused', async () => {
    await expect(openGenesis(await sealed({ prev: genesis.id }))).rejects.toMatchObject({
      reason: 'document-prev',
      message: 'not a document of this household: a first document has no predecessor',
    })
  })

  it('that claims a second device is refused: it may be somebody else’s, whose calls would then count as ours', async () => {
    const victim = deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(2)))
    const devices = [...genesis.body.devices, { ...genesis.body.devices[0]!, key: victim }]
    await expect(openGenesis(await sealed({ devices }))).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'document-devices',
      message: expect.stringContaining('2 devices, a first document has one'),
    })
  })

  it.each<[string, (body: DocumentBody) => Partial<DocumentBody>]>([
    ['no device', () => ({ devices: [] })],
    ['the same device twice', ({ devices }) => ({ devices: [devices[0]!, devices[0]!] })],
    ['a capability nobody knows', ({ devices }) => ({ devices: [{ ...devices[0]!, caps: ['admin'] as never }] })],
    ['a capability twice', ({ devices }) => ({ devices: [{ ...devices[0]!, caps: ['serve', 'serve'] }] })],
    ['capabilities out of order', ({ devices }) => ({ devices: [{ ...devices[0]!, caps: ['grant', 'serve'] }] })],
    ['a device whose key is none', ({ devices }) => ({ devices: [{ ...devices[0]!, key: 'Qm' as never }] })],
    ['a predecessor that is no id', () => ({ prev: 'x' as never })],
    ['a next root hash of 31 bytes', () => ({ next: new Uint8Array(31) })],
    ['a time before 1970', () => ({ at: -1 })],
    ['a field nobody knows', () => ({ name: 'Ana' }) as never],
    ['more devices than the limit', ({ devices }) => ({ devices: new Array(limits.devicesPerHousehold + 1).fill(devices[0]!) })],
  ])('with %s cannot be made', async (_, change) => {
    await expect(sealed(change(genesis.body))).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('any document', () => {
  it('that commits to the root that signs it is refused: that root could rotate', async () => {
    await expect(openDocument(await sealed({ next: commitmentTo(deviceIdOf(root)) }))).rejects.toMatchObject({
      reason: 'document-next',
      message: expect.stringContaining('it names its own root as the next one'),
    })
  })

  it('that is not signed by the root it names is refused', async () => {
    await expect(openDocument(await sealed({ seq: 1, prev: genesis.id }, device))).rejects.toMatchObject({ reason: 'signer' })
  })
})
