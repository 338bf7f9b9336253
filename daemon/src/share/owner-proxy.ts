import { Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { isPorchlightError, limits } from '@porchlight/core'
import { requestToApp, scopeOfRequest, share } from '@porchlight/protocol-share'
import { handlersOf } from '@porchlight/sdk'
import type { CallHandler, ServerCall } from '@porchlight/wire'
import { duplexOfServerCall } from './call-duplex.ts'
import { answerOn, forward, forwardUpgrade, isAmbiguous, type NextHop } from './forward.ts'
import { isBusy, strictServer } from './http-limits.ts'
import { cut } from './join-sockets.ts'
import { answerPage } from './pages.ts'
import { locationForGuest, connectionTo, pathAt } from './service-target.ts'

/** What the owner's side has to know. Asked anew for every request, so that a changed service counts at once. */
export interface OwnerDeps {
  /** The service of that name, if we share one; `target` is what `connectionTo` reads. */
  service(name: string): { readonly target: string } | undefined
  /** Our own petname for a household. */
  contactName(household: string): string
  /** The name we call ourselves, shown on pages about our side. */
  ownName(): string
}

/** One connection of a guest: the call it runs in, and its own connections to the app. */
interface Visit {
  readonly call: ServerCall
  /** Kept connections belong to one guest connection: an app that authenticates connections (NTLM) must never see two guests on one. */
  readonly agent: Agent
}

/**
 * The owner's side of share/1: runs each call as one HTTP connection and passes its requests to the service that the call's location
 * names. A connection whose call ends (revocation, expiry, guest gone) is destroyed together with its connections to the app.
 *
 * @returns call handlers for `share`; disposing ends every connection
 * @see protocols/share/SPEC.md#flow
 */
export function serveShares(deps: OwnerDeps): Disposable & { readonly handlers: Readonly<Record<string, CallHandler>> } {
  const visits = new WeakMap<Duplex, Visit>()
  const open = new Set<Duplex>()
  const server = strictServer()

  const nextHop = (req: IncomingMessage, { call, agent }: Visit, answerInstead: () => ServerResponse): NextHop | undefined => {
    req.socket.setTimeout(0)
    const facts = { service: call.location, who: deps.ownName() }
    const service = deps.service(call.location)
    const needed = scopeOfRequest(req.method ?? '', req.rawHeaders)
    const refused = !call.scopes.has(needed)
    if (!service || refused) {
      answerPage(req, answerInstead(), refused ? 'read-only' : 'not-offered', facts)
      return undefined
    }
    const target = connectionTo(service.target)
    const path = pathAt(target, req.url ?? '')
    if (path === undefined || isAmbiguous(req)) {
      answerPage(req, answerInstead(), 'bad-request')
      return undefined
    }
    const headers = requestToApp(req.rawHeaders, { contact: deps.contactName(call.household ?? ''), household: call.household ?? '' })
    return {
      agent,
      ...target,
      path,
      headers,
      fail: (error, res) => answerPage(req, res, isPorchlightError(error) ? 'bad-request' : 'app-down', facts),
      answer: (raw) =>
        raw.map((value, at) =>
          at % 2 === 1 && raw[at - 1]?.toLowerCase() === 'location' ? locationForGuest(target, value, headers[1] ?? '') : value,
        ),
    }
  }

  const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
    const visit = visits.get(req.socket)
    const hop = visit && nextHop(req, visit, () => res)
    if (hop) forward(req, res, hop)
  }
  server.on('request', onRequest)
  server.on('checkContinue', onRequest)
  server.on('upgrade', (req, socket, head) => {
    if (isBusy(socket)) return cut(socket)
    const visit = visits.get(socket)
    const hop = visit && nextHop(req, visit, () => answerOn(req, socket))
    if (hop) forwardUpgrade(req, socket, head, hop)
  })

  const http = async (_opening: object, call: ServerCall): Promise<void> => {
    const { duplex, over } = duplexOfServerCall(call)
    const agent = new Agent({ keepAlive: true, maxSockets: limits.shareIdlePerService, timeout: limits.shareAppIdleMs })
    visits.set(duplex, { call, agent })
    open.add(duplex)
    duplex.once('close', () => {
      open.delete(duplex)
      agent.destroy()
    })
    // node watches for slow heads only on servers that listen.
    duplex.setTimeout(limits.shareHeadersMs)
    server.emit('connection', duplex)
    return over
  }
  return {
    handlers: handlersOf(share, { http }),
    [Symbol.dispose]: () => {
      for (const duplex of open) duplex.destroy()
      server.close()
    },
  }
}
