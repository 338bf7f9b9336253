import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '@porchlight/core'

/** Equal texts, in a time that does not tell where they differ. */
export function isSameSecret(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url')
/** What is on disk of a cookie: it opens one door. */
const kept = (cookie: string, door: string) => hashOf(door === '' ? cookie : `${door} ${cookie}`)
const newSecret = () => randomBytes(32).toString('base64url')

function writePrivate(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** The token of programs that use the API over loopback: `keys/api-token`, 0600, made at first need. */
export function readOrMakeApiToken(home: string): string {
  const path = join(home, 'keys/api-token')
  try {
    const token = readFileSync(path, 'utf8').trim()
    if (token.length >= 32) return token
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const token = newSecret()
  writePrivate(path, `${token}\n`)
  return token
}

/**
 * Browsers come in by a link that works once; what they keep afterwards is a cookie of their own. Only hashes of the cookies are on disk,
 * so that they outlive a restart and a copy of the directory opens nothing.
 *
 * There may be several doors, such as one for the page of each app: a link and a cookie are good at theirs and nowhere else.
 */
export class SetupTokens {
  readonly #file: string
  readonly #nowMs: () => number
  readonly #most: number
  readonly #tokens = new Map<string, { readonly door: string; readonly endMs: number }>()
  #browsers: string[] = []

  /** @param kept  the file in `keys`, and how many browsers it remembers */
  constructor(
    home: string,
    nowMs: () => number,
    kept: { name: string; most: number } = { name: 'browsers', most: limits.browserSessions },
  ) {
    this.#file = join(home, 'keys', `${kept.name}.json`)
    this.#most = kept.most
    this.#nowMs = nowMs
    try {
      const read: unknown = JSON.parse(readFileSync(this.#file, 'utf8'))
      if (Array.isArray(read)) this.#browsers = read.filter((each) => typeof each === 'string').slice(-this.#most)
    } catch {
      // Missing or broken: browsers have to be let in again, which is the safe way to fail.
    }
  }

  /** Whether any browser was ever let in. */
  hasBrowsers(): boolean {
    return this.#browsers.length > 0
  }

  /** A token for one link. The oldest unused one goes when there are too many. */
  issue(door = ''): string {
    const token = newSecret()
    this.#tokens.set(token, { door, endMs: this.#nowMs() + limits.setupTokenMs })
    for (const oldest of this.#tokens.keys()) {
      if (this.#tokens.size <= limits.setupTokens) break
      this.#tokens.delete(oldest)
    }
    return token
  }

  /** @returns the cookie of a new browser, or `undefined` when the token was used, ended, or never was */
  redeem(token: string, door = ''): string | undefined {
    const [found, issued] = [...this.#tokens].find(([each]) => isSameSecret(token, each)) ?? []
    if (found === undefined || issued?.door !== door) return undefined
    this.#tokens.delete(found)
    if (issued.endMs < this.#nowMs()) return undefined
    const cookie = newSecret()
    this.#browsers = [...this.#browsers, kept(cookie, door)].slice(-this.#most)
    writePrivate(this.#file, JSON.stringify(this.#browsers))
    return cookie
  }

  isBrowser(cookie: string, door = ''): boolean {
    return this.#browsers.includes(kept(cookie, door))
  }

  /** What a form of a page shown to this browser has to send back. */
  formToken(cookie: string): string {
    return createHmac('sha256', cookie).update('porchlight form').digest('base64url')
  }
}
