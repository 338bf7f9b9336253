import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AskView, ContactView, GrantView, InviteView, LogVerification, SessionView } from '@porchlight/node'
import { exitCodes } from '../cli/exit-codes.ts'
import type { Terminal } from '../cli/terminal.ts'
import { DemoHousehold } from './demo-household.ts'
import { startRealApp, type RealApp } from './real-app.ts'
import { beginDownload, readPage } from './visitor.ts'

const downloadBytesPerSecond = 8_000_000

interface Story {
  readonly ben: DemoHousehold
  readonly ana: DemoHousehold
  readonly app: RealApp
  say(text: string): void
}

/** The demo tells only what happened: anything else ends it with exit code 1. */
function expectThat(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(otherwise)
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const seen = await look()
    if (seen !== undefined) return seen
    await sleep(50)
  }
  throw new Error(`waited 10 s for ${what}`)
}

async function lightsOn({ ben, ana, say }: Story): Promise<void> {
  say('1. Two households, two computers. Nothing is exposed, nobody is contacted.')
  await ben.start()
  await ana.start()
  await ben.types('services')
}

async function pair({ ben, ana, say }: Story): Promise<void> {
  say('2. Ben invites Ana. The link works once.')
  await ben.types('contacts')
  const { link } = await ben.data<InviteView>('invite', '--as', 'ana')
  ben.show(`$ porchlight invite --as ana\n${link}`)
  await ana.types('accept', link, '--as', 'ben')
  const [atBen] = await ben.data<ContactView[]>('contacts')
  const [atAna] = await ana.data<ContactView[]>('contacts')
  expectThat(atBen !== undefined && atAna !== undefined, 'the two are no contacts of each other')
  ben.show(`ana is a contact now. On Ben's screen:\n  ${atBen.words.join(' ')}`)
  expectThat(atBen.words.length === 12 && atBen.words.join(' ') === atAna.words.join(' '), 'the two screens show different words')
  say('   Both screens show the same twelve words. They say so to each other on the phone.')
  await ben.types('contacts', 'verify', 'ana', '--yes')
}

async function share({ ben, app, say }: Story): Promise<void> {
  say(`3. Ben shares ${app.what}, as it is, with Ana. One card says what that means.`)
  await ben.types('share', app.url, '--as', 'wiki', '--with', 'ana', '--until', '30d', '--yes')
}

async function visitApp({ ana, app, say }: Story): Promise<string> {
  say("4. Ana accepts, and opens Ben's app in her browser.")
  const offer = await until("Ben's offer", async () =>
    (await ana.data<AskView[]>('asks')).find(({ kind, location }) => kind === 'offer' && location === 'wiki'),
  )
  await ana.types('asks')
  await ana.types('approve', offer.id.slice(0, 10), '--yes')
  await ana.types('open', 'ben/wiki')
  const { url } = await ana.data<{ url: string }>('open', 'ben/wiki')
  const page = await until('the grant to be in force', async () => {
    const seen = await readPage(url)
    return seen.status === 200 ? seen : undefined
  })
  const there = Buffer.from(await (await fetch(app.url)).arrayBuffer())
  expectThat(page.body.equals(there), `the page at Ana's has ${page.body.length} bytes and differs from the app's own, ${there.length}`)
  ana.show(
    `The browser shows "${/<title>([^<]*)<\/title>/.exec(page.body.toString())?.[1]?.trim() ?? 'a page'}": ${page.body.length} bytes, the same as at Ben's.`,
  )
  return url
}

async function stop({ ben, ana, app, say }: Story, url: string): Promise<void> {
  say('5. Ana downloads something long. Ben sees her, and presses Stop.')
  const download = await beginDownload(new URL(app.largePath, url).href, downloadBytesPerSecond)
  await until('the download to be under way', async () => (download.bytes() > 2_000_000 ? true : undefined))
  ana.show(`The download runs: ${(download.bytes() / 1e6).toFixed(1)} MB so far.`)
  await ben.types('sessions')
  const session = (await ben.data<SessionView[]>('sessions')).find(({ location }) => location === 'wiki')
  expectThat(session !== undefined, "Ben does not see Ana's session")
  const before = download.bytes()
  const pressedMs = performance.now()
  await ben.types('stop', session.id.slice(0, 10))
  const end = await Promise.race([download.end, sleep(10_000)])
  expectThat(end !== undefined && !end.whole, 'the download did not end')
  expectThat(download.bytes() > before - 1, 'the download went backwards')
  ana.show(
    `The download broke off at ${(download.bytes() / 1e6).toFixed(1)} MB, ${Math.round(end.atMs - pressedMs)} ms after Ben typed the command.`,
  )
  const closed = await readPage(url)
  expectThat(closed.status === 403, `Ana's browser got ${closed.status}, not 403`)
  ana.show('The browser shows that the door is closed, and how to ask.')
}

async function records({ ben, ana, say }: Story): Promise<void> {
  say('   Both hold the same signed record.')
  const atBen = (await ben.data<GrantView[]>('grants')).find(({ location }) => location === 'wiki')
  expectThat(atBen?.revocation != null, 'Ben holds no revocation')
  const atAna = await until('the revocation to reach Ana', async () =>
    (await ana.data<GrantView[]>('grants')).find(({ id, revocation }) => id === atBen.id && revocation !== null),
  )
  expectThat(atAna.revocation === atBen.revocation && atBen.receipt && atAna.receipt, 'the two records differ')
  for (const [household, grant] of [
    [ben, atBen],
    [ana, atAna],
  ] as const) {
    household.show(`grant       ${grant.id}\nrevocation  ${grant.revocation}`)
    await household.types('log')
    await household.types('log', '--verify')
    expectThat((await household.data<LogVerification>('log', '--verify')).ok, `the log of ${household.name} is broken`)
  }
}

/** An app that somebody runs already, to be used instead of one of ours. */
async function givenApp(url: string): Promise<RealApp> {
  const answer = await fetch(url).catch((error: unknown) => error)
  expectThat(answer instanceof Response && answer.ok, `no app answers at ${url}`)
  await answer.body?.cancel()
  const { origin, pathname } = new URL(url)
  return { url: origin, what: `the app at ${origin}`, largePath: pathname, [Symbol.asyncDispose]: async () => {} }
}

/**
 * Tells the five-step story with two households on this computer, each a daemon of its own, and a real app. Everything visible is what the
 * command line printed.
 *
 * @param app  address, in a running app, of something long enough to be stopped while it is downloaded; the whole app is shared
 * @returns    0 when all was as told, else 1
 */
export async function runDemo({ terminal, app }: { terminal: Terminal; app: string | undefined }): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'porchlight-demo-'))
  const say = (text: string) => terminal.out(`\n${text}\n\n`)
  const startedMs = performance.now()
  const interrupted = (): never => process.exit(exitCodes.interrupted)
  process.once('SIGINT', interrupted)
  process.once('SIGTERM', interrupted)
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  try {
    await using stack = new AsyncDisposableStack()
    const real = stack.use(app === undefined ? await startRealApp(join(directory, 'app')) : await givenApp(app))
    const ben = stack.use(new DemoHousehold('ben', join(directory, 'ben'), terminal))
    const ana = stack.use(new DemoHousehold('ana', join(directory, 'ana'), terminal))
    const story: Story = { ben, ana, app: real, say }
    await lightsOn(story)
    await pair(story)
    await share(story)
    const url = await visitApp(story)
    await stop(story, url)
    await records(story)
    say(
      `That was all, in ${((performance.now() - startedMs) / 1000).toFixed(0)} s. Both households and the app are switched off and removed.`,
    )
    return 0
  } catch (error) {
    terminal.say(`\nThe demo did not go as told: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
