import { sha256 } from '@noble/hashes/sha2.js'
import {
  askType,
  auditType,
  blockType,
  contactType,
  denyType,
  eraseType,
  givenType,
  grantType,
  manifestType,
  pauseType,
  receiptType,
  renounceType,
  resumeType,
  revokeType,
  unblockType,
} from '@porchlight/consent'
import { admitType, charterType, joinType, removeType } from '@porchlight/community'
import { sayKeys, type DeviceId } from '@porchlight/core'
import { capabilities, documentType, suspendType } from '@porchlight/identity'
import { idOf, type SignedType } from '@porchlight/wire'
import { utf8 } from './bytes.ts'

const atSec = 1_800_000_000
const daySec = 86_400
const object = (name: string) => idOf(utf8(name))
const bytesOf = (length: number, from: number) => Uint8Array.from({ length }, (_, at) => from + at)
const nonce = bytesOf(16, 1)
const line = (en: string, de: string) => ({ en, de })

const text = line('One line.', 'Eine Zeile.')
const manifest = {
  proto: '/example/greeting/1',
  rev: 1,
  prev: null,
  publisher: 'vectors',
  langs: ['en', 'de'],
  title: text,
  say: Object.fromEntries(sayKeys.map((key) => [key, text])),
  claims: [{ key: 'what', assurance: 'enforced' }],
  data: [{ id: 'name', category: 'dpv:Name', say: text, sensitivity: 1, aboutOthers: false, optional: false }],
  purposes: ['dpv:ServiceProvision'],
  scopes: [
    { id: 'greet', actions: ['read'], locations: [''], datatypes: ['name'], direction: 'both', required: true, say: text, max: {} },
  ],
  retention: 'none',
  onward: 'none',
  storage: 'none',
  automation: 'none',
  relayOk: true,
  contact: 'nobody',
}
const everyLimit = {
  bytesTotal: 2_000_000_000,
  bytesPerDay: 100_000_000,
  opsPerMin: 60,
  streams: 4,
  window: { days: [1, 2, 3, 4, 5], from: 1080, to: 480, tz: 'Europe/Berlin' },
}

/** One type: its sound bodies by name, the smallest first, and what must not be said in it. */
export interface SoundType {
  readonly type: SignedType<never>
  readonly bodies: Readonly<Record<string, Record<string, unknown>>>
  /** Changes of the first body that no schema accepts, each by a name. */
  readonly refused: Readonly<Record<string, Record<string, unknown>>>
}

const sound = (
  type: unknown,
  bodies: SoundType['bodies'],
  refused: SoundType['refused'] = {},
): SoundType => ({ type: type as SignedType<never>, bodies, refused })

/** Every type of signed object with something to say in it, by `t`. */
export function soundTypes(device: DeviceId, other: DeviceId): Readonly<Record<string, SoundType>> {
  const iss = object('household of the issuer')
  const to = object('household of the other')
  const signed = { iss, dev: device, at: atSec }
  const scopes = [{ id: 'read', locations: ['photos'], max: {} }]
  const ask = {
    ...signed, to, manifest: object('manifest'), scopes, purposes: [], nbf: atSec, exp: atSec + 30 * daySec, why: '', counters: null, nonce,
    lapse: atSec + daySec,
  }
  const grant = {
    iss, dev: device, doc: object('document'), aud: { household: to }, manifest: object('manifest'), shown: { hash: object('text'), lang: 'en' }, scopes,
    purposes: [], nbf: atSec, exp: atSec + 30 * daySec, fresh: 0, introduce: 0, retention: 'unknown', onward: 'unknown', ask: null, renews: null, nonce,
  }
  const receipt = { grant: object('grant'), ...signed, accepts: ['read'], checkpoint: null }
  const given = { ...signed, grant: object('grant'), how: 'click', app: null, persona: null, service: 'photos', blocks: [], shown: { text: utf8('May.\n'), lang: 'en' } }
  const contact = {
    ...signed, household: to, removed: false, petname: 'Ana', selfChosenName: null, level: 'unverified', documents: [], suspensions: [], devices: [], addresses: [], over: [], since: atSec, nonce,
  }
  const document = { seq: 0, prev: null, root: device, next: sha256(utf8('next root')), devices: [{ key: other, caps: [...capabilities], exp: null }], at: atSec }
  const community = object('community')
  const after = [object('act')]
  const tooManyHeads = Array.from({ length: 33 }, (_, at) => object(String(at)))
  const tooMany = Array.from({ length: 257 }, (_, at) => object(String(at)))
  return {
    manifest: sound(
      manifestType,
      { 'with one scope': manifest, 'of a door, with nothing to grant': { ...manifest, scopes: [] }, 'that follows another': { ...manifest, rev: 2, prev: object('manifest') } },
      {
        'without one of the nine lines': { say: Object.fromEntries(sayKeys.slice(1).map((key) => [key, text])) },
        'with a tenth line': { say: { ...manifest.say, more: text } },
        'with a line of 281 characters': { title: { en: 'x'.repeat(281), de: 'x' } },
        'with rev 0': { rev: 0 },
        'with a limit that is not known': { scopes: [{ ...manifest.scopes[0], max: { perYear: 1 } }] },
        'with an optional scope that says it is on': { scopes: [{ ...manifest.scopes[0], ticked: true }] },
        'with automation of an unknown kind': { automation: 'some' },
        'of no protocol': { proto: 'greeting' },
      },
    ),
    ask: sound(
      askType,
      { 'for one scope': ask, 'that answers with a counter-offer, under every limit': { ...ask, scopes: [{ id: 'read', locations: ['photos/2026'], max: everyLimit }], purposes: ['dpv:PersonalUse'], why: 'für das Album', counters: object('ask') } },
      {
        'with a reason of 141 characters': { why: 'x'.repeat(141) },
        'with no scope': { scopes: [] },
        'with one scope twice': { scopes: [...scopes, ...scopes] },
        'with a nonce of 15 bytes': { nonce: nonce.subarray(1) },
      },
    ),
    grant: sound(
      grantType,
      {
        'to a household': grant,
        'under every limit, answering an ask and renewing a grant': { ...grant, scopes: [{ id: 'read', locations: ['photos', 'music'], max: everyLimit }], fresh: 86_400, introduce: 1, ask: object('ask'), renews: object('grant') },
        'to a role of a community': { ...grant, aud: { community: object('community'), role: 'member', members: 'live', cap: 12 } },
      },
      {
        'without an end': { exp: null },
        'with a scope that has no location': { scopes: [{ id: 'read', locations: [], max: {} }] },
        'with a location that climbs': { scopes: [{ id: 'read', locations: ['photos/../mail'], max: {} }] },
        'with an encoded slash in a location': { scopes: [{ id: 'read', locations: ['photos%2fmail'], max: {} }] },
        'with a limit that is not known': { scopes: [{ id: 'read', locations: ['photos'], max: { perYear: 1 } }] },
        'with a limit of nothing': { scopes: [{ id: 'read', locations: ['photos'], max: { streams: 0 } }] },
        'with a window whose days are out of order': { scopes: [{ id: 'read', locations: ['photos'], max: { window: { ...everyLimit.window, days: [2, 1] } } }] },
        'with a window in no time zone': { scopes: [{ id: 'read', locations: ['photos'], max: { window: { ...everyLimit.window, tz: 'Europe/Nowhere' } } }] },
        'with a window that ends when it begins': { scopes: [{ id: 'read', locations: ['photos'], max: { window: { ...everyLimit.window, to: 1080 } } }] },
        'to a household with a further condition': { aud: { household: to, role: 'member' } },
        'to a community without a cap': { aud: { community: object('community'), role: 'member', members: 'live' } },
        'with a time before 1970': { nbf: -1 },
        'with introduce 2': { introduce: 2 },
        'by what is no household': { iss: 'ana' },
      },
    ),
    receipt: sound(
      receiptType,
      { 'without a checkpoint': receipt, 'with a checkpoint': { ...receipt, checkpoint: { dev: other, size: 256, root: bytesOf(32, 9) } } },
      { 'with a checkpoint of nothing': { checkpoint: { dev: other, size: 0, root: bytesOf(32, 9) } }, 'with a root of 31 bytes': { checkpoint: { dev: other, size: 1, root: bytesOf(31, 9) } } },
    ),
    revoke: sound(
      revokeType,
      { 'of one grant': { ...signed, grants: [object('grant')], erasure: 'none', reason: null, nonce }, 'of two, asking for erasure': { ...signed, grants: [object('grant'), object('grant 2')], erasure: 'request', reason: 'moved', nonce } },
      { 'of nothing': { grants: [] }, 'of 257 grants': { grants: tooMany }, 'with an erasure that nobody can promise': { erasure: 'done' } },
    ),
    renounce: sound(
      renounceType,
      { 'that claims nothing': { ...signed, grants: [object('grant')], erased: 'no', nonce }, 'that claims to have erased': { ...signed, grants: [object('grant')], erased: 'claimed', nonce } },
      { 'that says more than it can know': { erased: 'done' } },
    ),
    audit: sound(
      auditType,
      { 'that is the first': { dev: device, n: 1, prev: null, at: atSec, kind: 'grant', body: bytesOf(32, 3) }, 'that follows another': { dev: device, n: 2, prev: object('entry'), at: atSec, kind: 'revoke', body: bytesOf(32, 4) } },
      { 'with the number 0': { n: 0 }, 'with a body of 31 bytes': { body: bytesOf(31, 3) } },
    ),
    given: sound(
      givenType,
      { 'by a click': given, 'by a rule, for an app and a persona, over a block': { ...given, how: 'rule', app: 'calendar', persona: 'club', blocks: [object('block')] } },
      { 'in a way that is not known': { how: 'assumed' }, 'of a text that is no bytes': { shown: { text: 'May.', lang: 'en' } } },
    ),
    deny: sound(denyType, { 'of an ask': { ...signed, ask: object('ask'), nonce } }, { 'of nothing': { ask: null } }),
    block: sound(
      blockType,
      { 'of a household altogether': { ...signed, household: to, protocol: null, nonce }, 'of one protocol': { ...signed, household: to, protocol: '/porchlight/share/1', nonce } },
      { 'of everybody': { household: null } },
    ),
    unblock: sound(unblockType, { 'of one block': { ...signed, blocks: [object('block')], nonce } }, { 'of nothing': { blocks: [] }, 'of 257 blocks': { blocks: tooMany } }),
    erase: sound(eraseType, { 'of one agreement': { ...signed, over: [object('grant')], nonce } }, { 'of nothing': { over: [] }, 'of 257 agreements': { over: tooMany } }),
    pause: sound(pauseType, { 'of everything': { ...signed, nonce } }, { 'of a part': { grants: [object('grant')] } }),
    resume: sound(
      resumeType,
      { 'of nothing, which is allowed': { ...signed, pauses: [], grants: [], nonce }, 'of a pause, confirming a grant': { ...signed, pauses: [object('pause')], grants: [object('grant')], nonce } },
      { 'of 257 pauses': { pauses: tooMany } },
    ),
    contact: sound(
      contactType,
      { 'just met': contact, 'removed, with what we had of it': { ...contact, removed: true, selfChosenName: 'Ana & Tom', level: 'compared', documents: [utf8('document')], addresses: ['/ip4/192.0.2.1/tcp/4001'], over: [object('ask')] } },
      { 'known in a way that is not known': { level: 'trusted' } },
    ),
    document: sound(
      documentType,
      {
        'that founds a household': document,
        'with two devices, one of them for a year': { ...document, seq: 1, prev: object('document'), devices: [...document.devices, { key: device, caps: ['serve'], exp: atSec + 365 * daySec }] },
      },
      {
        'with no device': { devices: [] },
        'with one device twice': { devices: [...document.devices, ...document.devices] },
        'with capabilities out of order': { devices: [{ key: other, caps: ['grant', 'serve'], exp: null }] },
        'with a capability that is not known': { devices: [{ key: other, caps: ['rule'], exp: null }] },
        'with a next of 31 bytes': { next: bytesOf(31, 1) },
        'whose root is no key': { root: 'root' },
      },
    ),
    suspend: sound(
      suspendType,
      { 'of a device': { ...signed, device: other, doc: object('document'), seq: 0, nonce } },
      { 'of what is no device': { device: 'phone' }, 'with a negative seq': { seq: -1 } },
    ),
    charter: sound(
      charterType,
      { 'that founds a community': { ...signed, name: 'Our street', fork: null, nonce }, 'of a fork': { ...signed, name: 'The other street', fork: { community, heads: after }, nonce } },
      { 'without a name to show': { name: '' }, 'of a fork of nothing': { fork: { heads: after } }, 'with a further condition': { fork: { community, heads: after, members: [to] } } },
    ),
    admit: sound(
      admitType,
      { 'of a member': { ...signed, community, member: to, role: 'member', after, nonce }, 'of a steward': { ...signed, community, member: to, role: 'steward', after: [], nonce } },
      { 'in a role that is not known': { role: 'owner' }, 'of what is no household': { member: 'ana' }, 'after 33 acts': { after: tooManyHeads } },
    ),
    join: sound(joinType, { 'under an admission': { ...signed, community, admit: object('admit'), after, nonce } }, { 'under nothing': { admit: null } }),
    remove: sound(
      removeType,
      { 'without a reason': { ...signed, community, member: to, reason: null, after, nonce }, 'with a reason': { ...signed, community, member: to, reason: 'moved away', after, nonce } },
      { 'with a reason of 141 characters': { reason: 'x'.repeat(141) }, 'of nobody': { member: null } },
    ),
  }
}
