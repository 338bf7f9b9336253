import { createHash } from 'node:crypto'
import { slug } from '@porchlight/core'
import type { SetupTokens } from '../api/setup-tokens.ts'
import type { App } from './app.ts'
import type { AppBook } from './app-book.ts'

/**
 * The DNS label of an app's page. The digits make it this app's alone: one that gets the same name later has another origin, and finds nothing of
 * what this one left in the browser.
 */
const labelOf = ({ record }: App): string => {
  const digits = createHash('sha256').update(`porchlight app page ${record.tokenHash}`).digest('hex').slice(0, 8)
  return [slug(record.name), digits].filter((part) => part !== '').join('-')
}

/**
 * Where pages of apps are and which browsers may open them. Each has a host of its own right under `localhost`, which makes it a site of its own to
 * a browser: cookies, storage and scripts of one app, of the household's page and of a friend's app stay apart. A page acts with the rights of its app.
 */
export class AppPages {
  readonly #book: AppBook
  readonly #browsers: SetupTokens
  readonly #port: number
  readonly #labels = new WeakMap<App, string>()

  constructor({ book, browsers, port }: { book: AppBook; browsers: SetupTokens; port: number }) {
    this.#book = book
    this.#browsers = browsers
    this.#port = port
  }

  /** The app whose page is at a `Host`, such as `shopping-1f9a03c2.localhost:4440`. */
  at(host: string): App | undefined {
    const suffix = `.localhost:${this.#port}`
    if (!host.endsWith(suffix)) return undefined
    const label = host.slice(0, -suffix.length)
    // One whose end could not be written yet is listed still, and has no page any more.
    return this.#book.list().find((app) => !app.isRevoked && app.record.page !== undefined && this.#labelOf(app) === label)
  }

  /** The address of an app's page; `undefined` when it has none. */
  addressOf(app: App): string | undefined {
    return app.isRevoked || app.record.page === undefined ? undefined : `http://${this.#labelOf(app)}.localhost:${this.#port}/`
  }

  /** A link to an app's page that lets one browser in, once; `undefined` when it has none. */
  linkTo(app: App): string | undefined {
    const address = this.addressOf(app)
    return address === undefined ? undefined : `${address}?token=${this.#browsers.issue(app.record.tokenHash)}`
  }

  /** @returns the cookie of a browser that shows the token of a link; `undefined` when that was used, has ended, or is of another app */
  letIn(app: App, token: string): string | undefined {
    return this.#browsers.redeem(token, app.record.tokenHash)
  }

  isLetIn(app: App, cookie: string): boolean {
    return this.#browsers.isBrowser(cookie, app.record.tokenHash)
  }

  #labelOf(app: App): string {
    const label = this.#labels.get(app) ?? labelOf(app)
    this.#labels.set(app, label)
    return label
  }
}
