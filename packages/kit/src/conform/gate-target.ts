import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import {
  chainOf,
  createHousehold,
  decodeInvite,
  devicesInForce,
  extendChain,
  memoryKeystore,
  openGenesis,
  type InviteData,
} from '@porchlight/identity'
import { probeGate, type GateProbe } from '@porchlight/mesh'
import { acceptInvite, type OpenDocument } from '@porchlight/protocol-invite'
import { deviceIdOf, FrameStream, generateKey, startCall, type CallDevice, type SigningKey } from '@porchlight/wire'
import { streamTarget } from './stream-target.ts'
import type { KnownCall, Role, Target } from './target.ts'

/** What every node of Porchlight answers a contact: how it looks from there, with no port tried. */
const look: KnownCall = { protocol: '/porchlight/reach/1', method: 'look', location: '', payload: '' }

export interface GateTargetOptions {
  /** A call that contacts may make; default `look` of reach/1. */
  readonly known?: KnownCall
  /** See `Target.echo`. */
  readonly echo?: { readonly protocol: string; readonly location: string }
  readonly random: (bytes: number) => Uint8Array
  readonly nowMs: () => number
  readonly signal?: AbortSignal
}

/**
 * Connects to a gate over libp2p. With an invite link the runner makes a household of its own, in memory, and pairs: it can be a stranger and a
 * contact. With multiaddrs it is a stranger only.
 *
 * @param against  an invite link, or a multiaddr with `/p2p/`
 * @throws `BAD_REQUEST` when it is neither, `UNREACHABLE`, and what pairing throws
 */
export async function gateTarget(against: string, options: GateTargetOptions): Promise<Target> {
  const { signal } = options
  const invite = against.startsWith('porchlight:') ? decodeInvite(against, Math.floor(options.nowMs() / 1000)) : undefined
  if (!invite && !against.startsWith('/'))
    throw new PorchlightError('BAD_REQUEST', 'neither an invite link nor a multiaddr', { reason: 'target' })
  const addresses = invite
    ? invite.addresses.map((address) => (address.includes('/p2p/') ? address : `${address}/p2p/${invite.device}`))
    : [against]
  const probes: Partial<Record<Role, GateProbe>> = {}
  const probe = async (key: SigningKey): Promise<GateProbe> => probeGate(addresses, { key, ...(signal ? { signal } : {}) })
  const dispose = async (): Promise<void> =>
    void (await Promise.allSettled(Object.values(probes).map((each) => each[Symbol.asyncDispose]())))
  try {
    probes.stranger = await probe(await generateKey())
    if (invite) probes.contact = await pair(invite, options, probe)
  } catch (error) {
    await dispose()
    throw error
  }
  const strangers = probes.stranger
  return streamTarget({
    name: strangers.device,
    roles: new Set(invite ? (['stranger', 'contact'] as const) : (['stranger'] as const)),
    ...(invite ? { known: options.known ?? look } : {}),
    ...(options.echo ? { echo: options.echo } : {}),
    open: (role) => (probes[role] ?? strangers).open(),
    protocols: () => strangers.protocols(),
    [Symbol.asyncDispose]: dispose,
  })
}

/** Makes a household in memory and accepts the invite as it, by the call of invite/1 alone. */
async function pair(
  invite: InviteData,
  { random, nowMs, signal }: GateTargetOptions,
  probe: (key: SigningKey) => Promise<GateProbe>,
): Promise<GateProbe> {
  const atSec = Math.floor(nowMs() / 1000)
  const { chain, deviceKey } = await createHousehold(memoryKeystore(), { random, atSec })
  const device = deviceIdOf(deviceKey)
  const connection = await probe(deviceKey)
  const call: CallDevice = async (_device, request, callOptions = {}) =>
    startCall(new FrameStream(await connection.open()), request, callOptions.signal ? { signal: callOptions.signal } : {})
  const own = {
    device,
    household: chain.household,
    document: chain.genesis.bytes,
    laterDocuments: [],
    suspensions: [],
    name: 'conformance runner',
    addresses: [],
  }
  try {
    await acceptInvite(
      call,
      { invite, own, openDocument: opener(atSec) },
      { signal: signal ?? AbortSignal.timeout(limits.conformAnswerMs) },
    )
    return connection
  } catch (error) {
    await connection[Symbol.asyncDispose]()
    throw error
  }
}

const opener =
  (nowSec: number): OpenDocument =>
  async ({ document, laterDocuments, suspensions }, device: DeviceId) => {
    const { chain } = await extendChain(chainOf(await openGenesis(document)), { documents: laterDocuments, suspensions })
    if (!devicesInForce(chain, nowSec).some(({ key }) => key === device))
      throw new PorchlightError('BAD_REQUEST', 'the device does not speak for that household')
    return chain.household
  }
