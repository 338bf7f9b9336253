import { chromium, type Browser } from 'playwright-core'
import { needs } from './needs.ts'

const executablePath = '/usr/bin/chromium'

/** A real browser, as Debian packages it. Fails loudly where there is none. */
export async function startChromium(): Promise<Browser> {
  needs({ [executablePath]: 'apt-get install chromium' })
  // As root, which CI is, it has no sandbox; all that it opens is served by these tests.
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
}
