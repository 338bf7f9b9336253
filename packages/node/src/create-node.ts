import { randomBytes } from 'node:crypto'
import type { ManifestBody } from '@porchlight/core'
import { Consent, type ConsentEvent } from '@porchlight/consent'
import {
  backupRecipient,
  onceCouldSign,
  createHousehold,
  isSuspended,
  openHousehold,
  type ChainBytes,
  type StoredContact,
} from '@porchlight/identity'
import { createMesh, type DhtMode, type Mesh } from '@porchlight/mesh'
import { inviteProtocol } from '@porchlight/protocol-invite'
import { consentProtocol } from '@porchlight/protocol-consent'
import { householdProtocol, siblingsProtocol } from '@porchlight/protocol-household'
import { reachProtocol } from '@porchlight/protocol-reach'
import { checkRecord } from '@porchlight/protocol-rendezvous'
import { relayManifest, relayProtocol } from '@porchlight/protocol-relay'
import { handlersOf } from '@porchlight/sdk'
import { openStore } from '@porchlight/store'
import { BeingReached } from './being-reached.ts'
import { CheckpointExchange } from './checkpoint-exchange.ts'
import { ConsentDesk } from './consent-desk.ts'
import { consentHandlers, deliverer } from './consent-messages.ts'
import { ContactBook } from './contact-book.ts'
import { DeviceCalls } from './device-calls.ts'
import { createControl } from './control.ts'
import { Bootstraps } from './bootstraps.ts'
import { BeingCarried } from './being-carried.ts'
import { Carrying } from './carrying.ts'
import { nodeRelay } from './node-relay.ts'
import { RelayAccounts, type CarriedAccount } from './relay-accounts.ts'
import { createGate } from './gate.ts'
import { Finding } from './finding.ts'
import type { HouseholdNode } from './household-node.ts'
import { holdIfOld, Keeping } from './keeping.ts'
import { takeInvitedAsk } from './invited-asks.ts'
import { Invites, type InviteRecord } from './invites.ts'
import { createLink } from './link.ts'
import { LookAlikes } from './look-alikes.ts'
import { openMeshOnRememberedPort } from './listen.ts'
import { networkView } from './network-view.ts'
import { NewerRecords } from './newer-records.ts'
import { Node } from './node.ts'
import { Outbox } from './outbox.ts'
import { Own, readOwnChain } from './own-household.ts'
import { Presenting } from './presenting.ts'
import type { SiblingRecord } from './sibling-addresses.ts'
import { SiblingLinks } from './sibling-links.ts'
import type { SiblingLog } from './sibling-logs.ts'
import { DeviceInvites } from './device-invites.ts'
import { ServedProtocols } from './served.ts'
import { placesOfServer, relayThatServes } from './serving-relay.ts'

export interface NodeOptions {
  /** State directory; made with mode 0700 when missing. */
  readonly dir: string
  /** What a new household calls itself. */
  readonly name?: string
  /** Multiaddrs to listen on; port 0 means "one chosen once and remembered". Empty: nobody can dial us. */
  readonly listen: readonly string[]
  readonly mdns: boolean
  readonly announce?: readonly string[]
  /** Whether the router may be asked to forward our port once there is a contact; default no. */
  readonly forwardPort?: boolean
  /** DHT peers to begin with, besides those of accepted invites; default none. */
  readonly bootstrap?: readonly string[]
  /** Whether this node holds records of the DHT for others; default no. */
  readonly dht?: DhtMode
  readonly passphrase?: string
  /**
   * Calls that come in wait until this resolves, so that the first of them finds everything that the program serves: a protocol that is served a moment
   * later would be refused as one that is not. Default: none waits longer than until the node is made.
   */
  readonly answerAfter?: Promise<void>
  readonly log?: (event: string, fields: Record<string, unknown>) => void
  /** Language of consent cards; default `en`. */
  readonly lang?: string
  /** How long an unused grant lasts before it suspends; default `limits.grantDecayMs`. */
  readonly grantDecayMs?: number
  /** The clock, for tests; default the system's. */
  readonly nowMs?: () => number
  /** Uniform in [0, 1): at which moment of a span things are done; default `Math.random`. */
  readonly random?: () => number
}

interface Profile {
  readonly name: string
}

/**
 * Opens the household in a directory, making it when there is none, and brings its node up.
 *
 * @throws `SETTING_INVALID` when the directory, its permissions, a key or a port is not as it must be, with the remedy in the message
 */
export async function createNode(options: NodeOptions): Promise<HouseholdNode> {
  const nowMs = options.nowMs ?? Date.now
  const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes))
  const log = options.log ?? (() => {})
  await using opening = new AsyncDisposableStack()
  const store = opening.adopt(
    await openStore({ dir: options.dir, log, ...(options.passphrase === undefined ? {} : { passphrase: options.passphrase }) }),
    (open) => open.close(),
  )
  const nowSec = (): number => Math.floor(nowMs() / 1000)
  const chains = store.table<ChainBytes>('own-household')
  const own = new Own({
    own:
      (await openHousehold(store.keystore, await readOwnChain(chains))) ??
      (await createHousehold(store.keystore, { random, atSec: nowSec() })),
    table: chains,
    nowSec,
    random,
    onChange: (before, by) => {
      finding.changed()
      const changed = node.ownChanged(before, by)
      carried.look()
      carrying.review()
      return changed
    },
  })
  const profiles = store.table<Profile>('profile')
  const profile = (await profiles.get('own')) ?? { name: options.name ?? 'a household' }
  await profiles.put('own', profile)

  let current = profile
  const contacts = await ContactBook.open(store.table<StoredContact>('contacts'), nowSec, (household) => node.contactChanged(household))
  const served = new ServedProtocols()
  const calls = new DeviceCalls()
  const manifests = new Map<string, ManifestBody>()
  const listeners = new Set<(event: ConsentEvent) => void>()
  const consent = opening.use(
    await Consent.open({
      ledger: store.ledger,
      key: own.key,
      self: {
        household: own.household,
        get document() {
          return own.chain.head.id
        },
      },
      maySign: (household, device, kind) =>
        household === own.household ? own.maySign(device, kind) : contacts.maySign(household, device, kind),
      couldSign: (household, device, kind) => {
        const chain = household === own.household ? own.chain : contacts.chainOf(household)
        return chain !== undefined && onceCouldSign(chain, device, kind)
      },
      isSuspended: (device) => isSuspended(own.chain, device),
      hasSiblings: () => own.inForce().length > 1,
      mayGrant: () => own.maySign(own.device, 'grant'),
      servingDevices: () => own.serving(),
      nowMs,
      ...(options.nowMs === undefined ? { monotonicMs: () => performance.now() } : {}),
      ...(options.grantDecayMs === undefined ? {} : { grantDecayMs: options.grantDecayMs }),
      random,
      onEvent: (event) => {
        for (const listener of listeners) listener(event)
      },
    }),
  )
  const newer = await NewerRecords.open(store.table('record'))
  await holdIfOld({ store, consent, newer, log })
  const bootstraps = await Bootstraps.open({
    set: options.bootstrap ?? [],
    table: store.table('bootstraps'),
    isWelcome: (household) =>
      contacts.get(household) !== undefined && !consent.blocks().some((block) => block.household === household && block.protocol === null),
    ownerOf: (device) => contacts.namedBy(device),
    isNeeded: (device) => contacts.namedBy(device) !== undefined || own.inForce().some(({ key }) => key === device),
  })
  const { promise: answerAfter, resolve: answer } = Promise.withResolvers<void>()
  const gate = createGate({ own, contacts, consent, served, calls })
  const mesh: Mesh = opening.use(
    await openMeshOnRememberedPort(store.table('listen'), options.listen, log, (listen) =>
      createMesh({
        key: own.key,
        listen,
        mdns: options.mdns,
        datastore: store.datastore,
        gate,
        answerAfter,
        isKnown: (device) => contacts.namedBy(device) !== undefined || own.isOurs(device),
        log,
        ...(options.announce ? { announce: [...options.announce] } : {}),
        recordRules: { check: checkRecord },
        ...(options.dht ? { dht: options.dht } : {}),
        ...(options.random ? { random: options.random } : {}),
        dhtBootstrap: bootstraps.list(),
      }),
    ),
  )
  const lookAlikes = new LookAlikes(contacts, () => current.name)
  const desk = new ConsentDesk({ consent, contacts, manifests, lookAlikes, name: () => current.name, lang: options.lang ?? 'en' })
  const checkpoints = new CheckpointExchange({ own, contacts, consent, log })
  const presenting = new Presenting({ own, contacts, checkpoints, mesh: () => mesh, log })
  opening.defer(() => presenting.close())
  const reached = new BeingReached({
    mesh,
    contacts,
    presented: (device, signal) => presenting.before(device, signal),
    forwardPort: options.forwardPort ?? false,
    nowMs,
    log,
  })
  opening.defer(() => reached.close())
  const finding = new Finding({ own, contacts, mesh, nowMs, random: options.random ?? Math.random, randomBytes: random, log })
  opening.defer(() => finding.close())
  const openAccounts = async (name: string): Promise<RelayAccounts> =>
    opening.adopt(await RelayAccounts.open(store.table<CarriedAccount>(name), nowMs), (accounts) => accounts.close())
  const accounts = { ours: await openAccounts('carried'), theirs: await openAccounts('carried-by') }
  const carrying = new Carrying({
    own,
    contacts,
    consent,
    calls,
    accounts: accounts.ours,
    relaying: relayThatServes(mesh, options.dht === 'server'),
    table: store.table('relay'),
    nowMs,
  })
  const carried = new BeingCarried({ own, mesh, consent, contacts, accounts: accounts.theirs })
  opening.defer(() => carried.close())
  const link = createLink({
    household: own.household,
    contacts,
    served,
    desk,
    mesh,
    presented: (device, signal) => presenting.before(device, signal),
    receiptsFirst: (to, signal) => outbox.receiptsFirst(to, signal),
    isLocked: () => consent.halts().includes('locked'),
  })
  const keeping = await Keeping.open({
    store,
    consent,
    link,
    newer,
    petnameOf: (household) => desk.petnameOf(household),
    of: { household: own.household, device: mesh.device },
    nowMs,
    log,
  })
  const outbox = new Outbox(consent, deliverer(link), log)
  opening.defer(() => outbox.close())
  const invites = await Invites.open({
    table: store.table<InviteRecord>('invites'),
    contacts,
    lookAlikes,
    mesh: () => mesh,
    own: () => own.chain,
    name: () => current.name,
    nowMs,
    random,
    onPaired: (contact) => node.paired(contact),
    bootstraps: () => [...placesOfServer(mesh, options.announce ?? []), ...bootstraps.list()],
    onBootstraps: (addresses, from) =>
      void bootstraps.learn(addresses, from, mesh).catch((error: unknown) => log('bootstraps.not-kept', { error: String(error) })),
    onAsked: (asker) => takeInvitedAsk({ consent, contacts }, asker),
  })
  served.add(householdProtocol, handlersOf(householdProtocol, { present: presenting.handler() }))
  served.add(inviteProtocol, invites.handlers())
  served.add(reachProtocol, handlersOf(reachProtocol, reached.handlers()))
  served.add(consentProtocol, consentHandlers({ consent, log }))
  const deviceInvites = new DeviceInvites({
    own,
    addresses: () => mesh.addresses(),
    name: () => current.name,
    backupRecipient: () => backupRecipient(store.keystore),
    nowMs,
    random,
    wait: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
    isLocked: () => consent.halts().includes('locked'),
    onJoined: (device) => log('household.joined', { device }),
  })
  const links: SiblingLinks = new SiblingLinks({
    own,
    consent,
    contacts,
    mesh,
    table: store.table<SiblingRecord>('siblings'),
    logs: store.table<SiblingLog>('sibling-logs'),
    newer,
    invites: deviceInvites,
    on: (listener) => node.on(listener),
    onContact: (contact, what) =>
      what === 'removed' ? node.parted(contact) : what === 'added' ? node.paired(contact) : node.contactChanged(contact.household),
    log,
  })
  opening.defer(() => links.close())
  served.add(siblingsProtocol, links.handlers())
  const node: Node = new Node({
    own,
    store,
    contacts,
    served,
    calls,
    presenting,
    manifests,
    consent,
    mesh,
    lookAlikes,
    desk,
    control: createControl({ consent, desk, contacts, doors: calls, manifests, checkPassphrase: (given) => store.checkPassphrase(given) }),
    link,
    outbox,
    invites,
    keeping,
    links: () => links,
    network: () =>
      networkView({
        mesh,
        own,
        contacts,
        reached,
        set: { mdns: options.mdns, bootstrap: bootstraps.list() },
      }),
    reached,
    bootstraps,
    relay: nodeRelay({ household: own.household, mesh, contacts, carrying, carried, accounts, link }),
    nowMs,
    log,
    name: {
      get: () => current.name,
      set: async (name) => {
        await profiles.put('own', { name })
        current = { name }
      },
    },
  })
  listeners.add((event) => node.onConsent(event))
  listeners.add((event) => links.onConsent(event))
  listeners.add((event) => carried.onConsent(event, carrying))
  listeners.add((event) => {
    // A contact may have been blocked, here or by another device of the household.
    if (event.type === 'facts') bootstraps.review(mesh).catch((error: unknown) => log('bootstraps.not-let-go', { error: String(error) }))
  })
  node.on((event) => carried.onNode(event))
  node.serve({ definition: relayProtocol, manifest: relayManifest, handlers: carrying.handlers() })
  mesh.on('reservations', () => carried.count())
  node.on((event) => {
    if (event.type !== 'contact.removed') return
    for (const kept of Object.values(accounts))
      kept.forget(event.household).catch((error: unknown) => log('relay.account-not-forgotten', { error: String(error) }))
  })
  await node.start()
  await links.start()
  reached.start()
  node.on((event) => finding.onNode(event))
  finding.start()
  await carrying.start()
  carried.start()
  const resources = opening.move()
  node.ownResources(resources)
  // What rejects opens nothing: whoever made the promise takes the node down.
  void (options.answerAfter ?? Promise.resolve()).then(answer, () => {})
  return node
}
