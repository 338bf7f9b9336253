import type { DeviceId } from '@porchlight/core'
import { createGenesis, decodeInvite, encodeInvite, verificationWords, type HouseholdDocument, type InviteData } from '@porchlight/identity'
import { askProofOf, inviteIdOf, inviteProtocol, proofOf, type Parties } from '@porchlight/protocol-invite'
import { deviceIdOf, encodeCanonical, keyFromSeed } from '@porchlight/wire'
import { hex } from './bytes.ts'

const atSec = 1_800_000_000
const made = 'Written by scripts/make-vectors.ts.'
const prefix = 'porchlight:invite/'

async function person(fill: number): Promise<HouseholdDocument> {
  const device = deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(fill)))
  return createGenesis({ seed: new Uint8Array(32).fill(fill + 100), device, atSec })
}

function deviceOf(document: HouseholdDocument): DeviceId {
  const [entry] = document.body.devices
  if (!entry) throw new Error('a genesis document names a device')
  return entry.key
}

/** The vectors of invite/1, by file name. Deterministic. */
export async function inviteVectors(): Promise<Record<string, object>> {
  const [inviter, invitee] = await Promise.all([person(1), person(2)])
  const secret = Uint8Array.from({ length: 16 }, (_, at) => at)
  const parties: Parties = {
    inviterDevice: deviceOf(inviter),
    inviteeDevice: deviceOf(invitee),
    inviterHousehold: inviter.household,
    inviteeHousehold: invitee.household,
  }
  return { 'proofs.json': proofs(secret, parties), 'messages.json': messages(secret, parties, inviter, invitee), 'links.json': links(secret, parties) }
}

function proofs(secret: Uint8Array, parties: Parties): object {
  const one = (name: string, key: Uint8Array, who: Parties) => ({
    name,
    secret: hex(key),
    parties: who,
    inviteId: hex(inviteIdOf(key)),
    inviteeProof: hex(proofOf(key, 'invitee', who)),
    inviterProof: hex(proofOf(key, 'inviter', who)),
    askProof: hex(askProofOf(key, who)),
    verificationWords: verificationWords(who.inviterHousehold, who.inviteeHousehold).join(' '),
  })
  const swapped: Parties = {
    inviterDevice: parties.inviteeDevice,
    inviteeDevice: parties.inviterDevice,
    inviterHousehold: parties.inviteeHousehold,
    inviteeHousehold: parties.inviterHousehold,
  }
  return {
    about: `Invite ids, proofs and verification words. Bytes are hex. ${made}`,
    cases: [one('a pairing', secret, parties), one('another secret', new Uint8Array(16).fill(255), parties), one('the parties swapped: other proofs, the same words', secret, swapped)],
  }
}

function messages(secret: Uint8Array, parties: Parties, inviter: HouseholdDocument, invitee: HouseholdDocument): object {
  const { input, output } = inviteProtocol.methods.accept
  const { input: askInput, output: askOutput } = inviteProtocol.methods.ask
  const request = { inviteId: inviteIdOf(secret), proof: proofOf(secret, 'invitee', parties), document: invitee.bytes, name: 'Ben', addresses: ['/ip4/192.0.2.2/tcp/4001'] }
  const ask = { inviteId: inviteIdOf(secret), proof: askProofOf(secret, parties), document: invitee.bytes, name: 'Ben', ask: new Uint8Array(24).fill(7) }
  const answer = { proof: proofOf(secret, 'inviter', parties), document: inviter.bytes, name: '', addresses: [] }
  const shown = (fields: Record<string, unknown>) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value instanceof Uint8Array ? hex(value) : value]))
  const refused = (name: string, change: Partial<typeof request>) => ({ name, message: 'AcceptRequest', bytes: hex(input.encode({ ...request, ...change })), valid: false })
  const refusedAsk = (name: string, change: Partial<typeof ask>) => ({ name, message: 'AskRequest', bytes: hex(askInput.encode({ ...ask, ...change })), valid: false })
  return {
    about: `Messages of accept and ask, between the parties given, under the secret given, at ${atSec}. Bytes are hex. Every invalid request is answered End{DENIED}. What is in the field ask is for consent/1 to judge, after the answer is settled. ${made}`,
    secret: hex(secret),
    parties,
    cases: [
      { name: 'request', message: 'AcceptRequest', bytes: hex(input.encode(request)), valid: true, fields: shown(request) },
      { name: 'answer, without name and addresses', message: 'AcceptResponse', bytes: hex(output.encode(answer)), valid: true, fields: shown(answer) },
      refused('proof of the other role', { proof: proofOf(secret, 'inviter', parties) }),
      refused('proof by another device', { proof: proofOf(secret, 'invitee', { ...parties, inviteeDevice: parties.inviterDevice }) }),
      refused('proof of 31 bytes', { proof: request.proof.subarray(1) }),
      refused('id of no invite', { inviteId: new Uint8Array(8) }),
      refused("the inviter's own document", { document: inviter.bytes }),
      refused('a document cut off', { document: invitee.bytes.subarray(0, -1) }),
      refused('a name with a bidirectional control', { name: 'B\u202een' }),
      refused('an address that is no multiaddr', { addresses: ['http://192.0.2.2'] }),
      { name: 'ask', message: 'AskRequest', bytes: hex(askInput.encode(ask)), valid: true, fields: shown(ask) },
      { name: 'answer to an ask: nothing', message: 'AskResponse', bytes: hex(askOutput.encode({})), valid: true, fields: {} },
      refusedAsk('ask with the proof of accept', { proof: proofOf(secret, 'invitee', parties) }),
      refusedAsk('ask with the proof of another device', { proof: askProofOf(secret, { ...parties, inviteeDevice: parties.inviterDevice }) }),
      refusedAsk('ask under the id of no invite', { inviteId: new Uint8Array(8) }),
      refusedAsk("ask with the inviter's own document", { document: inviter.bytes }),
      refused('accept with the proof of an ask', { proof: askProofOf(secret, parties) }),
      refused('13 addresses', { addresses: new Array<string>(13).fill('/ip4/192.0.2.2/tcp/4001') }),
    ],
  }
}

function links(secret: Uint8Array, parties: Parties): object {
  const invite: InviteData = {
    device: parties.inviterDevice,
    household: parties.inviterHousehold,
    addresses: ['/ip4/192.0.2.1/tcp/4001', '/ip6/2001:db8::1/tcp/4001'],
    relays: [],
    bootstraps: [],
    secret,
    exp: atSec + 172_800,
    name: 'Ana & Tom',
  }
  const { name: _, ...nameless } = invite
  const relay = `/ip4/198.51.100.7/tcp/4001/p2p/${parties.inviteeDevice}`
  const valid = (name: string, data: InviteData) => {
    const link = encodeInvite(data)
    return { name, link, valid: true, fields: { ...decodeInvite(link, atSec), secret: hex(data.secret) } }
  }
  const raw = (value: object) => prefix + Buffer.from(encodeCanonical(value)).toString('base64url')
  const bad = (name: string, link: string, because: string) => ({ name, link, valid: false, because })
  const good = encodeInvite(invite)
  return {
    about: `Invite links, read at ${atSec}. "because" is the reason that the reference implementation gives. ${made}`,
    cases: [
      valid('everything', invite),
      valid('without a name', nameless),
      valid('from behind a relay, with a node of the DHT', { ...invite, addresses: [], relays: [relay], bootstraps: [relay] }),
      bad('padding', `${good}=`, 'invite-link'),
      bad('another scheme', good.replace('porchlight:', 'porchlights:'), 'invite-link'),
      bad('cut off', good.slice(0, -4), 'invite-link'),
      bad('a key that is not known', raw({ ...invite, v: 1, extra: 1 }), 'invite-fields'),
      bad('version 2', raw({ ...invite, v: 2 }), 'invite-fields'),
      bad('a secret of 15 bytes', raw({ ...invite, v: 1, secret: secret.subarray(1) }), 'invite-fields'),
      bad('an address that is no multiaddr', raw({ ...invite, v: 1, addresses: ['192.0.2.1'] }), 'invite-fields'),
      bad('13 relays', raw({ ...invite, v: 1, relays: new Array<string>(13).fill(relay) }), 'invite-fields'),
      bad('a name with a zero-width space', raw({ ...invite, v: 1, name: 'An\u200ba' }), 'invite-link'),
      bad('expired', encodeInvite({ ...invite, exp: atSec }), 'invite-expired'),
    ],
  }
}
