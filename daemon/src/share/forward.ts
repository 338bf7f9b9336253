import { request, ServerResponse, type Agent, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { limits, PorchlightError } from '@porchlight/core'
import { answerToGuest, isUpgrade, tokensOf, trailers, valuesOf } from '@porchlight/protocol-share'
import { cut, joinSockets } from './join-sockets.ts'

/** Where one request goes next, and with what head. */
export interface NextHop {
  readonly agent: Agent
  readonly host?: string
  readonly port?: number
  readonly socketPath?: string
  readonly path: string
  /** Names and values in turn, complete. */
  readonly headers: readonly string[]
  /** Answers in place of the next hop, which failed before a byte of its answer came, or for a request that cannot be sent (`BAD_REQUEST`). */
  fail(error: Error, res: ServerResponse): void
  /** Changes the answer's header section, names and values in turn. */
  answer?(rawHeaders: string[]): string[]
}

/** Names and values in turn, as pairs. */
function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[at * 2] ?? '', flat[at * 2 + 1] ?? ''])
}

function open(
  req: IncomingMessage,
  hop: NextHop,
  headers: readonly string[],
  answerInstead: () => ServerResponse,
): ClientRequest | undefined {
  const where =
    hop.socketPath === undefined
      ? { host: hop.host ?? '', ...(hop.port !== undefined && { port: hop.port }) }
      : { socketPath: hop.socketPath }
  const method = req.method ?? 'GET'
  const bounds = { setHost: false, insecureHTTPParser: false, maxHeaderSize: limits.shareHeaderBytes }
  try {
    return request({ ...where, ...bounds, agent: hop.agent, method, path: hop.path, headers: [...headers] })
  } catch (cause) {
    // node's parser takes some control characters that its writer refuses, by throwing.
    hop.fail(new PorchlightError('BAD_REQUEST', 'request that cannot be sent', { cause }), answerInstead())
    return undefined
  }
}

/** Copies trailers; ones that cannot be sent break the message off, as it would not be complete without them. */
function passTrailers(from: IncomingMessage, to: ClientRequest | ServerResponse): void {
  if (from.rawTrailers.length === 0) return
  try {
    to.addTrailers(pairs(trailers(from.rawTrailers)))
  } catch {
    from.destroy()
    to.destroy()
  }
}

/**
 * Whether two servers might disagree on where a request ends or whom it is for, though the parser took it: a transfer coding beside
 * `chunked`, a body behind an upgrade, two hosts (RFC 9112, 6.1 and 3.2; RFC 9110, 7.8).
 */
export function isAmbiguous(req: IncomingMessage): boolean {
  const codings = valuesOf(req.rawHeaders, 'transfer-encoding')
  const bodied = codings.length > 0 || req.headers['content-length'] !== undefined
  return (
    codings.some((coding) => coding.trim().toLowerCase() !== 'chunked') ||
    (bodied && isUpgrade(req.rawHeaders)) ||
    valuesOf(req.rawHeaders, 'host').length > 1
  )
}

function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
}

/**
 * Passes one request on and its answer back, streaming, with backpressure and aborts in both directions. The body is not looked at,
 * trailers and `100 Continue` pass. A GET or HEAD whose kept connection proves dead before a byte came back is tried once more.
 */
export function forward(req: IncomingMessage, res: ServerResponse, hop: NextHop, tries = 1): void {
  const bodied = hasBody(req)
  // Without a length of its own node would announce a chunked body for a bare POST.
  const bare =
    !bodied && req.headers['content-length'] === undefined && !['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'].includes(req.method ?? '')
  const out = open(req, hop, bare ? [...hop.headers, 'Content-Length', '0'] : hop.headers, () => res)
  if (!out) return
  let answered = false
  const onClientGone = (): void => {
    if (!res.writableFinished) out.destroy()
  }
  res.on('close', onClientGone)
  req.on('error', () => {})
  out.on('continue', () => res.writeContinue())
  out.on('response', (answer) => {
    answered = true
    passAnswer(answer, req, res, hop)
  })
  out.on('error', (error) => {
    req.unpipe(out)
    // An answer that came early, say 413, stands; if it is cut short its own stream says so.
    if (answered) return void req.resume()
    if (res.destroyed) return
    res.off('close', onClientGone)
    const again = out.reusedSocket && tries > 0 && !bodied && (req.method === 'GET' || req.method === 'HEAD')
    if (again) forward(req, res, hop, tries - 1)
    else hop.fail(error, res)
  })
  if (!bodied) return void out.end()
  req.once('end', () => passTrailers(req, out))
  req.pipe(out)
}

function passAnswer(answer: IncomingMessage, req: IncomingMessage, res: ServerResponse, hop: NextHop): void {
  const headers = answerToGuest(answer.rawHeaders, false)
  res.sendDate = false
  // The next hop will not read the rest of the request, so we do not either.
  if (!req.complete && tokensOf(answer.rawHeaders, 'connection').includes('close')) res.shouldKeepAlive = false
  try {
    res.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', hop.answer?.(headers) ?? headers)
  } catch (error) {
    answer.destroy()
    res.statusMessage = ''
    return hop.fail(error as Error, res)
  }
  // Events may be a long time coming: the head goes out now. The duplex joins it with a body that is already there.
  res.flushHeaders()
  answer.once('end', () => passTrailers(answer, res))
  answer.on('error', () => {})
  answer.once('close', () => {
    if (!answer.complete) cut(req.socket)
  })
  answer.pipe(res)
}

/** An answer to a request whose connection node has handed over to its `upgrade` event; the connection closes after it. */
export function answerOn(req: IncomingMessage, socket: Duplex): ServerResponse {
  const res = new ServerResponse(req)
  res.shouldKeepAlive = false
  res.assignSocket(socket as Socket)
  res.once('finish', () => socket.end())
  return res
}

/** Passes on a request to leave HTTP, then the bytes both ways. A next hop that declines answers as it likes. */
export function forwardUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer, hop: NextHop): void {
  const out = open(req, hop, hop.headers, () => answerOn(req, socket))
  if (!out) return
  let settled = false
  socket.on('error', () => {})
  socket.once('close', () => out.destroy())
  out.on('upgrade', (answer, far, farHead) => {
    settled = true
    const lines = pairs(answerToGuest(answer.rawHeaders, true)).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`HTTP/1.1 101 ${answer.statusMessage ?? ''}\r\n${lines.join('')}\r\n`, 'latin1')
    if (farHead.length > 0) socket.write(farHead)
    if (head.length > 0) far.write(head)
    joinSockets(socket, far)
  })
  out.on('response', (answer) => {
    settled = true
    passAnswer(answer, req, answerOn(req, socket), hop)
  })
  out.on('error', (error) => {
    if (!settled && !socket.destroyed) hop.fail(error, answerOn(req, socket))
  })
  out.end()
}
