import { foldedName, isUpgrade, tokensOf, valuesOf } from './header-names.ts'

/** Headers of one hop (RFC 9110, 7.6.1); whoever sends the next hop sets its own. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Where a message ends and whom it is for is never left to a `Connection` header to remove. */
const framing = new Set(['content-length', 'transfer-encoding', 'host', 'connection', 'upgrade'])

/** What apps behind a proxy on the same machine believe about who asks and from where. Only the owner's side may say such things. */
const vouching = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'client-ip',
  'x-client-ip',
  'true-client-ip',
  'x-cluster-client-ip',
  'cf-connecting-ip',
  'proxy',
  'x-original-url',
  'x-rewrite-url',
  'remote-user',
  'remote-name',
  'remote-email',
  'remote-groups',
  'x-remote-user',
  'x-remote-name',
  'x-remote-email',
  'x-remote-groups',
  'x-remote-group',
  'x-webauth-user',
  'x-webauth-email',
  'x-webauth-fullname',
  'x-authenticated-user',
  'x-auth-user',
  'x-auth-username',
  'x-user',
  'x-ssl-client-cert',
  'ssl-client-cert',
])
const vouchingPrefixes = [
  'porchlight-',
  'x-porchlight-',
  'x-forwarded-',
  'x-auth-request-',
  'x-authentik-',
  'x-pomerium-',
  'cf-access-',
  'tailscale-',
]

function vouches(name: string): boolean {
  return vouching.has(name) || vouchingPrefixes.some((prefix) => name.startsWith(prefix))
}

/** `content_length` beside `Content-Length`: a server that folds names would see two. */
const shadowsFraming = (name: string): boolean => framing.has(foldedName(name)) && name.toLowerCase() !== foldedName(name)

function keep(rawHeaders: readonly string[], wanted: (name: string) => boolean): string[] {
  const kept: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]]
    if (wanted(name)) kept.push(name, value)
  }
  return kept
}

/** Without the headers of this hop, those that its `Connection` header names among them; an upgrade is asked of the next hop too. */
function nextHop(rawHeaders: readonly string[], wanted: (name: string) => boolean, upgrading: boolean): string[] {
  const named = new Set(tokensOf(rawHeaders, 'connection').filter((token) => !framing.has(token)))
  const kept = keep(rawHeaders, (name) => !hopByHop.has(name.toLowerCase()) && !named.has(name.toLowerCase()) && wanted(name))
  return upgrading ? [...kept, 'Connection', 'Upgrade', 'Upgrade', valuesOf(rawHeaders, 'upgrade').join(', ')] : kept
}

/**
 * The header section of a request as the guest's gateway sends it over the wire. What vouches for somebody is taken out here and again
 * by `requestToApp`; the guest's side does it so that an honest household never even sends it.
 *
 * @param rawHeaders  names and values in turn, as the local program sent them
 * @param host        `NAME.HOUSEHOLD.localhost[:PORT]` as the program used it
 */
export function requestFromGuest(rawHeaders: readonly string[], host: string): string[] {
  const upgrading = isUpgrade(rawHeaders)
  const kept = nextHop(
    rawHeaders,
    (name) => name.toLowerCase() !== 'host' && !vouches(foldedName(name)) && !shadowsFraming(name),
    upgrading,
  )
  const chunked = !upgrading && valuesOf(rawHeaders, 'transfer-encoding').length > 0
  return ['Host', host, ...kept, ...(chunked ? ['Transfer-Encoding', 'chunked'] : [])]
}

/** Who asks, as the owner's side knows it. */
export interface Guest {
  /** The owner's own petname for the guest. */
  readonly contact: string
  /** The guest's household id, from the gate. */
  readonly household: string
}

/**
 * The header section of a request as the owner's side hands it to the app: nothing in it that the guest could have made up about who
 * asks, then the identity that the gate verified.
 *
 * @param rawHeaders  names and values in turn, as they came over the wire
 */
export function requestToApp(rawHeaders: readonly string[], guest: Guest): string[] {
  const host = valuesOf(rawHeaders, 'host')[0] ?? 'localhost'
  return [
    ...requestFromGuest(rawHeaders, host),
    'X-Forwarded-Host',
    host,
    'X-Forwarded-Proto',
    'http',
    'Porchlight-Contact',
    headerText(guest.contact),
    'Porchlight-Household',
    guest.household,
  ]
}

/**
 * The header section of an answer for the next hop towards the guest. An app cannot speak in Porchlight's name.
 *
 * @param upgraded  the answer is a 101 that leaves HTTP
 */
export function answerToGuest(rawHeaders: readonly string[], upgraded: boolean): string[] {
  return nextHop(rawHeaders, (name) => !foldedName(name).startsWith('porchlight-'), upgraded)
}

/** The trailer section of a message: nothing that would have been refused as a header. */
export function trailers(rawTrailers: readonly string[]): string[] {
  return keep(rawTrailers, (name) => !vouches(foldedName(name)) && !framing.has(foldedName(name)) && !hopByHop.has(foldedName(name)))
}

/** A text as a header value: bytes of its UTF-8 outside printable ASCII, and `%`, as `%XX`. `decodeURIComponent` gives the text back. */
export function headerText(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e]+|%/gu, (part) => encodeURIComponent(part))
}
