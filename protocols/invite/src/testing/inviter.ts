import { PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import {
  deviceIdOf,
  FrameStream,
  idOf,
  keyFromSeed,
  memoryByteStreams,
  serveCalls,
  startCall,
  type CallDevice,
  type Gate,
} from '@porchlight/wire'
import type { OpenDocument } from '../introduction.ts'
import { inviteIdOf } from '../proofs.ts'
import { serveInvites, type InviteHost } from '../serve-invites.ts'

/** In these tests a household document is any bytes, its household their hash; who speaks for it is noted here. */
const speaks = new Map<HouseholdId, DeviceId>()
export const householdOf = (document: Uint8Array): HouseholdId => idOf(document) as string as HouseholdId
export const openDocument: OpenDocument = async ({ document, laterDocuments }, device) => {
  const later = laterDocuments.some((each) => Buffer.from(each).equals(Buffer.from(device)))
  if (!later && speaks.get(householdOf(document)) !== device) throw new PorchlightError('BAD_REQUEST', 'not its device')
  return householdOf(document)
}

export interface Person {
  device: DeviceId
  household: HouseholdId
  document: Uint8Array
  laterDocuments: Uint8Array[]
  suspensions: Uint8Array[]
  name: string | undefined
  addresses: string[]
}
export const person = async (fill: number, name?: string): Promise<Person> => {
  const document = new Uint8Array(40).fill(fill)
  const device = deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(fill)))
  speaks.set(householdOf(document), device)
  return {
    device,
    household: householdOf(document),
    document,
    laterDocuments: [],
    suspensions: [],
    name,
    addresses: [`/ip4/127.0.0.${fill}/tcp/1`],
  }
}

/** Lets everything that waits for nothing but the event loop happen. */
export const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

export const secret = new Uint8Array(16).fill(42)

/** An inviter with one open invite, whose waits end when `release` is called. */
export function inviter(ana: Person, change: Partial<InviteHost> = {}) {
  const log: string[] = []
  const waits: { ms: number; end: () => void }[] = []
  let usedBy: DeviceId | undefined
  let askedBy: HouseholdId | undefined
  const host: InviteHost = {
    device: ana.device,
    household: ana.household,
    openDocument,
    secretOf: (id) => (id === Buffer.from(inviteIdOf(secret)).toString('hex') ? secret : undefined),
    settle: (id, { right, device }) => {
      const settled = !right || (usedBy !== undefined && usedBy !== device) ? 'refused' : usedBy === device ? 'repeated' : 'accepted'
      if (settled === 'accepted') usedBy = device
      log.push(settled)
      return settled
    },
    paired: async ({ household, name }) => void log.push(`paired ${name ?? '-'} ${household}`),
    settleAsk: (_id, { right, household }) => {
      const settled = right && usedBy === undefined && (askedBy ?? household) === household ? 'taken' : 'refused'
      if (settled === 'taken') askedBy = household
      log.push(settled)
      return settled
    },
    asked: async ({ household, name, ask }) => void log.push(`asked ${name ?? '-'} ${household} ${Buffer.from(ask).toString()}`),
    introduce: () => ana,
    wait: (ms) => new Promise((end) => void waits.push({ ms, end })),
    ...change,
  }
  const handlers = serveInvites(host)
  /** Lets that device call over real frames on a stream in memory. @returns its end of the stream */
  const streamOf = (device: DeviceId): FrameStream => {
    const [near, far] = memoryByteStreams()
    const gate: Gate = ({ method }) => ({
      allow: true,
      household: undefined,
      scopes: new Set(),
      signal: new AbortController().signal,
      handler: method === 'ask' ? handlers.ask : handlers.accept,
      done: () => {},
    })
    void serveCalls(new FrameStream(far), device, gate)
    return new FrameStream(near)
  }
  const callAs =
    (device: DeviceId): CallDevice =>
    async (_, request, options) =>
      startCall(streamOf(device), request, options)
  const release = (): void => {
    for (const { end } of waits) end()
  }
  return { log, waits, release, callAs, streamOf }
}
