import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { chainBytes, inviteSecretBytes, seedFromWords, type Capability, type Chain } from '@porchlight/identity'
import { isJoinProof, joinIdOf, joinProof, type JoinAnswer, type JoinRequest } from '@porchlight/protocol-household'
import { equals } from 'uint8arrays/equals'
import { encodeDeviceLink } from './device-link.ts'
import type { Own } from './own-household.ts'

/** An invite for a new device. */
export interface DeviceInvite {
  readonly link: string
  readonly expMs: number
}

export interface DeviceInviteInput {
  /** The 24 recovery words: adding a device needs the root. They stay in memory, and only as long as the invite is open. */
  readonly words: string
  /** Default all. */
  readonly caps?: readonly Capability[]
  /** When the device stops speaking for the household, milliseconds since 1970; default never. */
  readonly expMs?: number
}

interface Open {
  readonly id: Uint8Array
  readonly secret: Uint8Array
  readonly expMs: number
  /** Forgotten with the first use. */
  words: string
  readonly caps: readonly Capability[]
  readonly exp: number | null
  wrongTries: number
  /** The one device that used it may ask again for an answer that got lost. */
  usedBy: DeviceId | undefined
}

export interface DeviceInvitesOptions {
  readonly own: Own
  readonly addresses: () => readonly string[]
  readonly name: () => string
  readonly backupRecipient: () => Promise<string | undefined>
  readonly nowMs: () => number
  readonly random: (bytes: number) => Uint8Array
  readonly wait: (ms: number) => Promise<void>
  readonly isLocked: () => boolean
  readonly onJoined: (device: DeviceId) => void
}

const all: readonly Capability[] = ['serve', 'grant', 'revoke', 'govern']

/** Lets a new device in: one open invite at a time, in memory only, used once, for minutes. */
export class DeviceInvites {
  readonly #options: DeviceInvitesOptions
  #open: Open | undefined
  #forget: NodeJS.Timeout | undefined

  constructor(options: DeviceInvitesOptions) {
    this.#options = options
  }

  /**
   * Opens an invite; one that is open ends.
   *
   * @throws `BAD_REQUEST` when the words are not this household's, or with reason `no-capability`, `expiry`, `locked`, `frozen`
   */
  async create({ words, caps = all, expMs }: DeviceInviteInput): Promise<DeviceInvite> {
    const { own, random, nowMs, name, addresses, isLocked } = this.#options
    if (isLocked()) throw new PorchlightError('BAD_REQUEST', 'this household is locked: unlock it first', { reason: 'locked' })
    if (own.isFrozen())
      throw new PorchlightError('BAD_REQUEST', 'two lists of devices were signed for this household: porchlight household rotate first', {
        reason: 'frozen',
      })
    const { household, genesis } = own.chain
    await seedFromWords(words, { household, genesis: genesis.bytes })
    if (caps.length === 0) throw new PorchlightError('BAD_REQUEST', 'a device without a capability', { reason: 'no-capability' })
    if (expMs !== undefined && expMs <= nowMs())
      throw new PorchlightError('BAD_REQUEST', 'a device that ends in the past', { reason: 'expiry' })
    this.close()
    const secret = random(inviteSecretBytes)
    const until = nowMs() + limits.deviceInviteMs
    const exp = expMs === undefined ? null : Math.floor(expMs / 1000)
    this.#open = { id: joinIdOf(secret), secret, expMs: until, words, caps, exp, wrongTries: 0, usedBy: undefined }
    this.#forget = setTimeout(() => this.close(), limits.deviceInviteMs)
    this.#forget.unref()
    const link = encodeDeviceLink({
      device: own.device,
      household,
      addresses: [...addresses()].slice(0, limits.addressesPerHousehold),
      relays: [],
      bootstraps: [],
      secret,
      exp: Math.floor(until / 1000),
      name: name(),
    })
    return { link, expMs: until }
  }

  /** Ends the open invite and forgets the words. */
  close(): void {
    clearTimeout(this.#forget)
    if (this.#open) this.#open.words = ''
    this.#open = undefined
  }

  /** Answers `join`, always after the same time unless it succeeds. @throws `DENIED` whatever is wrong */
  async join(request: JoinRequest, device: DeviceId): Promise<JoinAnswer> {
    const answered = this.#answer(request, device)
    const [answer] = await Promise.all([answered.catch(() => undefined), this.#options.wait(limits.presentAnswerMs)])
    if (!answer) throw new PorchlightError('DENIED', 'no such invite')
    return answer
  }

  async #answer({ inviteId, proof }: JoinRequest, joiner: DeviceId): Promise<JoinAnswer | undefined> {
    const { own, nowMs, name, backupRecipient, onJoined } = this.#options
    const open = this.#open
    if (!open || nowMs() >= open.expMs || !equals(open.id, inviteId)) return undefined
    const parties = { inviter: own.device, joiner, household: own.household }
    if (!isJoinProof(proof, open.secret, 'joiner', parties)) {
      open.wrongTries += 1
      if (open.wrongTries >= limits.inviteTries) this.close()
      return undefined
    }
    if (open.usedBy !== undefined && open.usedBy !== joiner) return undefined
    if (open.usedBy === undefined) {
      // In this tick: of two that race, one is first.
      open.usedBy = joiner
      const { words } = open
      open.words = ''
      try {
        await own.changeDevices(words, { add: [{ key: joiner, caps: [...open.caps], exp: open.exp }] })
      } catch (error) {
        this.close()
        throw error
      }
      onJoined(joiner)
    }
    if (!isListed(own.chain, joiner)) return undefined
    const recipient = await backupRecipient()
    return { proof: joinProof(open.secret, 'inviter', parties), own: chainBytes(own.chain), name: name(), backupRecipient: recipient }
  }
}

const isListed = (chain: Chain, device: DeviceId): boolean => chain.head.body.devices.some(({ key }) => key === device)
