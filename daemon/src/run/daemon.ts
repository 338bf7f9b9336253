import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { cleanText, isPorchlightError, limits, PorchlightError } from '@porchlight/core'
import type { HouseholdNode, NodeOptions } from '@porchlight/node'
import { share, shareManifest } from '@porchlight/protocol-share'
import { HeapPace } from './heap-pace.ts'
import { Apps } from '../apps/apps.ts'
import { AppPages } from '../apps/app-pages.ts'
import { protocolOf } from '../apps/app-events.ts'
import { createApi } from '../api/app.ts'
import type { Daemon } from '../api/daemon.ts'
import { EventFeed } from '../api/event-feed.ts'
import { createGuard } from '../api/guard.ts'
import { serveApi } from '../api/listen.ts'
import { setupUrlOf, urlOf } from '../api/routes/household.ts'
import { readOrMakeApiToken, SetupTokens } from '../api/setup-tokens.ts'
import { ServiceBook, type Service } from '../services/service-book.ts'
import { Shares } from '../services/shares.ts'
import type { LoadedSettings } from '../settings/load-settings.ts'
import type { Settings } from '../settings/settings.ts'
import { serveShares, startGateway } from '../share/index.ts'
import { lockHome } from '../state/daemon-lock.ts'
import { prepareHome } from '../state/home.ts'
import { Ports, requireFree } from '../state/ports.ts'
import { prepareSocketPath } from '../state/socket-path.ts'
import type { Log } from './log.ts'
import { version } from './version.ts'

export interface DaemonOptions {
  readonly loaded: LoadedSettings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly createNode: (options: NodeOptions) => Promise<HouseholdNode>
  readonly log: Log
  readonly nowMs: () => number
}

/** A daemon that runs. Disposing it stops everything in the order of use. */
export interface RunningDaemon extends AsyncDisposable {
  readonly household: string
  readonly name: string
  readonly apiUrl: string
  readonly gatewayUrl: string
  readonly socketPath: string
  /** A link that lets the first browser in; `undefined` once one was let in. */
  readonly setupUrl: string | undefined
  readonly recoveryWordsPending: boolean
}

/** Multiaddrs for a port on every interface, IPv4 and IPv6; or those that were set. */
function addressesOf(listen: Settings['listen']): string[] {
  return typeof listen === 'number' ? [`/ip4/0.0.0.0/tcp/${listen}`, `/ip6/::/tcp/${listen}`] : [...listen]
}

/** A port that somebody set and that is taken is an error that names it and where it was set; the node chooses the others itself. */
async function checkListen(addresses: readonly string[], setBy: string): Promise<void> {
  for (const address of addresses) {
    const [, host = '', port = ''] = /^\/ip[46]\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? []
    if (host !== '' && Number(port) !== 0) await requireFree(Number(port), [host], setBy)
  }
}

export function passphraseOf(file: string | undefined): { passphrase?: string } {
  if (file === undefined) return {}
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new PorchlightError(
      'SETTING_INVALID',
      `passphraseFile ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      { reason: 'passphraseFile', cause },
    )
  }
  const passphrase = text.split('\n', 1)[0]?.replace(/\r$/, '') ?? ''
  if (passphrase === '')
    throw new PorchlightError('SETTING_INVALID', `the first line of passphraseFile ${file} is empty`, { reason: 'passphraseFile' })
  return { passphrase }
}

/** What a new household calls itself when nobody said: the computer's name. */
function nameOf({ name }: Settings): string {
  if (name !== undefined) return cleanText(name, 'the name of the household', limits.petnameChars)
  return (
    [
      ...hostname()
        .split('.', 1)[0]!
        .replace(/[^\p{L}\p{N} _-]/gu, ''),
    ]
      .slice(0, limits.petnameChars)
      .join('') || 'a household'
  )
}

/**
 * Brings a household up from its settings: directory, lock, node, shares, gateway, API. What was opened is closed again when a later step fails.
 *
 * @throws `SETTING_INVALID` with the remedy, `INTERNAL` with reason `disk-full`
 */
export async function startDaemon({ loaded, environment, createNode, log, nowMs }: DaemonOptions): Promise<RunningDaemon> {
  const { settings, setBy } = loaded
  const { home } = settings
  await using opening = new AsyncDisposableStack()
  prepareHome(home)
  opening.use(lockHome(home))
  const ports = new Ports(home, log)
  const apiPort = await ports.choose('api', ['127.0.0.1'], settings.apiPort, setBy.get('apiPort'))
  const gatewayPort = await ports.choose('gateway', ['127.0.0.1'], settings.gatewayPort, setBy.get('gatewayPort'))
  const listen = addressesOf(settings.listen)
  await checkListen(listen, setBy.get('listen') ?? 'listen')

  const { promise: answerAfter, resolve: answer } = Promise.withResolvers<void>()
  const node = opening.use(
    await createNode({
      dir: home,
      name: nameOf(settings),
      listen,
      mdns: settings.mdns,
      ...(settings.announce.length > 0 && { announce: settings.announce }),
      forwardPort: settings.forwardPort,
      bootstrap: settings.bootstrap,
      dht: settings.serveAddressBook ? 'server' : 'client',
      lang: settings.language,
      grantDecayMs: settings.grantDecay,
      ...passphraseOf(settings.passphraseFile),
      answerAfter,
      log,
    }),
  )
  const book = await ServiceBook.open(node.table<Service>('services'))
  const petnameOf = (household: string) => node.contacts().find((each) => each.household === household)?.petname ?? ''
  const owner = opening.use(serveShares({ service: (name) => book.get(name), contactName: petnameOf, ownName: () => node.status().name }))
  opening.use(node.serve({ definition: share, manifest: shareManifest, handlers: owner.handlers }))
  const gateway = opening.use(
    await startGateway(
      {
        link: node.link,
        resolve: (label) => {
          const contact = node.contacts().find((each) => each.label === label)
          return contact && { household: contact.household, contactName: contact.petname }
        },
      },
      { port: gatewayPort },
    ),
  )

  const events = new EventFeed(nowMs())
  const pace = opening.use(new HeapPace())
  const apps = opening.use(
    await Apps.open({
      node,
      nowMs,
      language: settings.language,
      log,
      onChange: () => events.publish({ type: 'apps.changed' }),
      onCall: () => pace.called(),
    }),
  )
  answer()
  opening.defer(
    node.on((event) => {
      if (event.type === 'alarm') log('node.alarm', { text: event.text })
      events.publish(event, apps.book.list().length === 0 ? undefined : protocolOf(event, node))
    }),
  )
  const setup = new SetupTokens(home, nowMs)
  const browsers = new SetupTokens(home, nowMs, { name: 'app-browsers', most: limits.appPageBrowsers })
  const appPages = new AppPages({ book: apps.book, browsers, port: apiPort })
  let ready = true
  const daemon: Daemon = {
    node,
    shares: new Shares({ node, book, nowMs, language: settings.language }),
    apps,
    appPages,
    events,
    setup,
    recovery: { taken: undefined },
    version,
    home,
    apiPort,
    gatewayPort: gateway.port,
    isReady: () => ready,
    log,
  }
  // Before what it serves ends, so that calls under way are cut and none is refused as if it were not allowed.
  opening.defer(() => node[Symbol.asyncDispose]())
  const socketPath = prepareSocketPath(home, environment)
  const guard = createGuard({ port: apiPort, token: readOrMakeApiToken(home), setup, appOf: (token) => apps.appOf(token), appPages })
  opening.use(await serveApi({ app: createApi({ daemon, nowMs }), guard, calls: apps }, { socketPath, port: apiPort }))
  opening.defer(() => void (ready = false))

  const resources = opening.move()
  const { household, name, recoveryWordsPending } = node.status()
  return {
    household,
    name,
    apiUrl: urlOf(apiPort),
    gatewayUrl: urlOf(gateway.port),
    socketPath,
    setupUrl: setup.hasBrowsers() ? undefined : setupUrlOf(apiPort, setup.issue()),
    recoveryWordsPending,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** Adds the remedy to errors that only the program around the daemon can explain. */
export function explainStart(error: unknown): unknown {
  if (isPorchlightError(error)) return error
  const code = (error as NodeJS.ErrnoException)?.code
  if (code === 'ENOSPC' || /no space left on device/i.test(String((error as Error)?.message))) {
    return new PorchlightError('INTERNAL', 'the disk is full: free some space and start again; nothing was lost', {
      reason: 'disk-full',
      cause: error,
    })
  }
  return error
}
