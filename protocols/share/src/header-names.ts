/**
 * A header name as a CGI-style server may see it: case and every character that is not a letter or digit fold together, so
 * `Porchlight_Contact`, `porchlight-contact` and `PORCHLIGHT.CONTACT` are one name (RFC 3875, 4.1.18).
 */
export const foldedName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')

/** Every value of one header, by its exact name. */
export function valuesOf(rawHeaders: readonly string[], wanted: string): string[] {
  return rawHeaders.filter((_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted)
}

/** The comma-separated tokens of one header, lower case. */
export function tokensOf(rawHeaders: readonly string[], wanted: string): string[] {
  return valuesOf(rawHeaders, wanted)
    .flatMap((value) =>
      value
        .toLowerCase()
        .split(',')
        .map((token) => token.trim()),
    )
    .filter((token) => token !== '')
}

/**
 * Whether a request asks to leave HTTP on this connection. `h2c` does not count: it is an offer that a server may ignore, and clients
 * make it on ordinary requests with bodies (RFC 9113, 3.1).
 */
export function isUpgrade(rawHeaders: readonly string[]): boolean {
  const wanted = tokensOf(rawHeaders, 'upgrade')
  return tokensOf(rawHeaders, 'connection').includes('upgrade') && wanted.length > 0 && !wanted.includes('h2c')
}
