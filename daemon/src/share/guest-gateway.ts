import { Agent, type AgentOptions, type ClientRequestArgs, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { asPorchlightError, limits, PorchlightError, type HouseholdId } from '@porchlight/core'
import { parseShareHost, requestFromGuest, share, shareAddress, valuesOf, type ShareHost } from '@porchlight/protocol-share'
import type { ClientCall, Link } from '@porchlight/wire'
import { duplexOfClientCall, type CallDuplex } from './call-duplex.ts'
import { isFromOtherSite } from './cross-site.ts'
import { answerOn, forward, forwardUpgrade, isAmbiguous, type NextHop } from './forward.ts'
import { isBusy, strictServer } from './http-limits.ts'
import { cut } from './join-sockets.ts'
import { answerPage } from './pages.ts'
import type { PageName } from './page-texts.ts'

/** What the gateway has to know. */
export interface GatewayDeps {
  readonly link: Pick<Link, 'call'>
  /** Whose side a label names; `undefined` when it is no contact of ours. `contactName` is our own petname for them. */
  resolve(label: string, service: string): { readonly household: HouseholdId; readonly contactName: string } | undefined
}

/** The running gateway. Disposing it ends every connection. */
export interface Gateway extends AsyncDisposable {
  readonly port: number
  /** The address of one service of a contact. */
  address(of: ShareHost): string
}

/** Where a request goes: read from its target and `Host`, then looked up. */
interface Destination extends ShareHost {
  readonly household: HouseholdId
  readonly contactName: string
  readonly authority: string
  readonly path: string
}

/** Opens a call to a service, for at most `limits.shareOpenMs`. */
async function openCall(link: Pick<Link, 'call'>, household: HouseholdId, service: string): Promise<ClientCall> {
  const opening = new AbortController()
  const overdue = new PorchlightError('TIMEOUT', `no connection within ${limits.shareOpenMs} ms`)
  const timer = setTimeout(() => opening.abort(overdue), limits.shareOpenMs)
  const payload = share.methods.http.input.encode({})
  const request = { protocol: share.id, method: 'http', location: service, payload, deadlineMs: 0, streaming: true }
  try {
    return await link.call(household, request, { signal: opening.signal })
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Connections to contacts' services, kept and reused as `http.Agent` does with sockets. One agent for all: it tells them apart by host,
 * which here is `SERVICE.HOUSEHOLD`, and forgets a host with its last connection.
 */
class CallAgent extends Agent {
  readonly #link: Pick<Link, 'call'>

  constructor(link: Pick<Link, 'call'>, options: AgentOptions) {
    super(options)
    this.#link = link
  }

  /** At once, so that the agent counts it: the call may still be opening. */
  override createConnection(options: ClientRequestArgs): CallDuplex {
    const [service = '', household = ''] = (options.host ?? '').split('.')
    return duplexOfClientCall(openCall(this.#link, household as HouseholdId, service))
  }
}

/** Reads where a request is for. An absolute target, as programs send to an `http_proxy`, stands above `Host` (RFC 9112, 3.2.2). */
function authorityAndPath(req: IncomingMessage): { authority: string; path: string } | undefined {
  const url = req.url ?? ''
  const [, absolute, path = ''] = /^http:\/\/([^/?#]+)(.*)$/i.exec(url) ?? []
  if (absolute !== undefined) return { authority: absolute, path: path.startsWith('/') ? path : `/${path}` }
  const [host] = valuesOf(req.rawHeaders, 'host')
  return host !== undefined && url.startsWith('/') ? { authority: host, path: url } : undefined
}

function pageFor(error: unknown): PageName {
  const { code } = asPorchlightError(error)
  if (code === 'DENIED' || code === 'CONSENT_REQUIRED' || code === 'GRANT_ENDED') return 'no-grant'
  if (code === 'BAD_REQUEST') return 'bad-request'
  return code === 'BUSY' ? 'busy' : 'unreachable'
}

/**
 * Serves contacts' apps to this machine's programs under `NAME.HOUSEHOLD.localhost`, on loopback only.
 *
 * @param port  TCP port on 127.0.0.1; 0 picks a free one
 * @throws      `SETTING_INVALID` when the port is taken or may not be used
 * @see docs/share.md
 */
export async function startGateway(deps: GatewayDeps, { port }: { readonly port: number }): Promise<Gateway> {
  const server = strictServer()
  server.maxConnections = limits.shareGatewayConnections
  const agent = new CallAgent(deps.link, {
    keepAlive: true,
    maxSockets: limits.shareConnectionsPerService,
    maxFreeSockets: limits.shareIdlePerService,
  })

  const destinationOf = (req: IncomingMessage): Destination | undefined => {
    const target = authorityAndPath(req)
    const host = target && parseShareHost(target.authority)
    const contact = host && deps.resolve(host.label, host.service)
    return contact && { ...host, ...contact, ...target }
  }
  const nextHop = (req: IncomingMessage, answerInstead: () => ServerResponse): NextHop | undefined => {
    if (isAmbiguous(req)) {
      answerPage(req, answerInstead(), 'bad-request')
      return undefined
    }
    const to = destinationOf(req)
    if (!to || isFromOtherSite(req, to.authority)) {
      answerPage(req, answerInstead(), to ? 'other-site' : 'no-such-place', { service: to?.service ?? '' })
      return undefined
    }
    const facts = { service: to.service, who: to.contactName }
    return {
      agent,
      host: `${to.service}.${to.household}`,
      path: to.path,
      headers: requestFromGuest(req.rawHeaders, to.authority),
      fail: (error, res) => {
        const page = pageFor(error)
        answerPage(req, res, page, page === 'no-grant' ? { ...facts, command: `porchlight ask ${to.label}/${to.service}` } : facts)
      },
    }
  }

  const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
    const hop = nextHop(req, () => res)
    if (hop) forward(req, res, hop)
  }
  const tunnels = new Set<Duplex>()
  /** Takes over a connection that leaves HTTP: node takes its own listeners off, and an error that nobody hears ends the process. */
  const takeOver = (socket: Duplex): void => {
    socket.on('error', () => {})
    tunnels.add(socket)
    socket.once('close', () => tunnels.delete(socket))
  }
  server.on('request', onRequest)
  server.on('checkContinue', onRequest)
  server.on('upgrade', (req, socket, head) => {
    takeOver(socket)
    if (isBusy(socket)) return cut(socket)
    const hop = nextHop(req, () => answerOn(req, socket))
    if (hop) forwardUpgrade(req, socket, head, hop)
  })
  server.on('connect', (_req, socket) => {
    takeOver(socket)
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })

  await new Promise<void>((resolve, reject) => {
    // For good: an accept that fails later (too many open files) must not end the process; rejecting does nothing by then.
    server.on('error', (cause) =>
      reject(
        new PorchlightError(
          'SETTING_INVALID',
          `the share gateway cannot listen on 127.0.0.1:${port}; stop what uses it or choose another port`,
          { cause },
        ),
      ),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
  const chosen = (server.address() as AddressInfo).port
  return {
    port: chosen,
    address: (of) => shareAddress(of, chosen),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => void server.close(resolve))
      server.closeAllConnections()
      for (const socket of tunnels) socket.destroy()
      agent.destroy()
      await closed
    },
  }
}
