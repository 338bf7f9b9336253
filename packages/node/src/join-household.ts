import { randomBytes } from 'node:crypto'
import { access, constants, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isPorchlightError, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import {
  chainBytes,
  devicesInForce,
  keepHousehold,
  openChain,
  openHousehold,
  type Chain,
  type ChainBytes,
  type InviteData,
} from '@porchlight/identity'
import { createMesh, type Mesh } from '@porchlight/mesh'
import { isJoinProof, joinIdOf, joinProof, siblingsProtocol, type JoinAnswer } from '@porchlight/protocol-household'
import { openStore, type Store } from '@porchlight/store'
import { deviceIdOf, keyFromSeed, type SigningKey } from '@porchlight/wire'
import { decodeDeviceLink } from './device-link.ts'
import { keepOwnChain } from './own-household.ts'
import { keepSibling, type SiblingRecord } from './sibling-addresses.ts'

export interface JoinOptions {
  /** State directory of the new device. No node may run on it. */
  readonly dir: string
  readonly link: string
  readonly passphrase?: string
  readonly nowMs?: () => number
  readonly log?: (event: string, fields: Record<string, unknown>) => void
  readonly signal?: AbortSignal
}

export interface Joined {
  readonly household: HouseholdId
  readonly device: DeviceId
  /** What the household calls itself. */
  readonly name: string
  /** Where the household that was here, and that nobody used yet, was moved; null when there was none. */
  readonly setAside: string | null
}

/** How often `join` is asked: an answer may get lost, and the device that used the invite may ask again. */
const tries = 3

/**
 * Makes this machine a device of the household that made the link. The node is started afterwards: everything the household knows is read then.
 *
 * @throws `BAD_REQUEST` (a broken or expired link; reason `household-in-use` when the household here has contacts), `DENIED` (reason `device-invite`: used or wrong), `UNREACHABLE`, `SETTING_INVALID`
 */
export async function joinHousehold(options: JoinOptions): Promise<Joined> {
  const nowMs = options.nowMs ?? Date.now
  const invite = decodeDeviceLink(options.link, Math.floor(nowMs() / 1000))
  const open = (): Promise<Store> =>
    openStore({ dir: options.dir, ...(options.passphrase === undefined ? {} : { passphrase: options.passphrase }) })
  let store = await open()
  try {
    const isThere = (await openHousehold(store.keystore)) !== undefined
    if (isThere) await mustBeUnused(store, options.dir)
    const key = await keyFromSeed(new Uint8Array(randomBytes(32)))
    const answer = await ask(invite, key, options)
    const chain = await checked(answer, invite, key, Math.floor(nowMs() / 1000))
    let setAside: string | null = null
    if (isThere) {
      // Not before somebody let this machine in: until then whatever goes wrong leaves the household that is here as it is.
      await store.close()
      setAside = `${options.dir}.before-${Math.floor(nowMs() / 1000)}`
      await rename(options.dir, setAside)
      store = await open()
    }
    await keepOwnChain(store.table<ChainBytes>('own-household'), chainBytes(chain))
    await store.table('profile').put('own', { name: answer.name })
    await keepSibling(store.table<SiblingRecord>('siblings'), invite.device, invite.addresses)
    // Last: a device is one of the household once this is on the disk.
    await keepHousehold(store.keystore, { genesis: chain.genesis.bytes, deviceKey: key, recipient: answer.backupRecipient })
    return { household: chain.household, device: deviceIdOf(key), name: answer.name, setAside }
  } finally {
    await store.close()
  }
}

/** A household that has anything to lose stays: joining would leave it without a device. One that has not must be possible to move away. */
async function mustBeUnused(store: Store, dir: string): Promise<void> {
  const contacts = await store.table('contacts').all()
  const { grants, held } = await store.ledger.load()
  if (contacts.length + grants.length + held.length > 0)
    throw new PorchlightError('BAD_REQUEST', 'the household on this machine has contacts or grants; join with another state directory', {
      reason: 'household-in-use',
    })
  await access(dirname(dir), constants.W_OK).catch((cause: unknown) => {
    throw new PorchlightError('SETTING_INVALID', `${dir} cannot be moved out of the way: join with another state directory`, {
      reason: 'home',
      cause,
    })
  })
}

async function ask(invite: InviteData, key: SigningKey, { log, signal }: JoinOptions): Promise<JoinAnswer> {
  await using mesh = await createMesh({ key, listen: [], mdns: true, gate: () => ({ allow: false }), ...(log ? { log } : {}) })
  mesh.keep(invite.device, [...invite.addresses])
  const parties = { inviter: invite.device, joiner: mesh.device, household: invite.household }
  const request = { inviteId: joinIdOf(invite.secret), proof: joinProof(invite.secret, 'joiner', parties) }
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await call(mesh, invite.device, request, signal)
      if (!isJoinProof(answer.proof, invite.secret, 'inviter', parties))
        throw new PorchlightError('DENIED', 'whoever answered did not make this link', { reason: 'device-invite' })
      return answer
    } catch (error) {
      if (isPorchlightError(error) && error.code === 'DENIED' && error.reason !== 'device-invite') throw refused(error)
      const isLost = isPorchlightError(error) && (error.code === 'CLOSED' || error.code === 'TIMEOUT')
      if (!isLost || attempt >= tries || signal?.aborted) throw error
    }
  }
}

/** The answer says nothing of why; this is all that it can mean. */
const refused = (cause: unknown): PorchlightError =>
  new PorchlightError(
    'DENIED',
    'the link does not work: it was used, it is over, or a newer one was made; make another with porchlight device invite',
    { reason: 'device-invite', cause },
  )

async function call(
  mesh: Mesh,
  device: DeviceId,
  request: { inviteId: Uint8Array; proof: Uint8Array },
  signal?: AbortSignal,
): Promise<JoinAnswer> {
  const { input, output } = siblingsProtocol.methods.join
  const running = await mesh.call(
    device,
    { protocol: siblingsProtocol.id, method: 'join', payload: input.encode(request) },
    signal ? { signal } : {},
  )
  return output.decode(await running.result())
}

/** The household that the link names, with this device in it: nothing else is joined. */
async function checked({ own }: JoinAnswer, invite: InviteData, key: SigningKey, nowSec: number): Promise<Chain> {
  const chain = await openChain(own)
  const device = deviceIdOf(key)
  if (chain.household !== invite.household) throw new PorchlightError('DENIED', 'another household answered than the link names')
  if (!devicesInForce(chain, nowSec).some((entry) => entry.key === device))
    throw new PorchlightError('DENIED', 'the household does not name this device')
  return chain
}
