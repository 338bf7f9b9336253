import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endWithUs } from './end-with-us.ts'

/** An app that nobody here wrote, running unchanged in a process of its own. */
export interface RealApp extends AsyncDisposable {
  readonly url: string
  readonly what: string
  /** Path of something so large that its download is still running when it is stopped. */
  readonly largePath: string
}

/** Large enough to be under way for a minute at the demo's pace; a hole in the file, so that it costs no disk. */
export const largeBytes = 256 * 1024 * 1024

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function makeLargeFile(directory: string): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'film.bin'), '')
  truncateSync(join(directory, 'film.bin'), largeBytes)
}

async function answering(child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`the app ended with ${child.exitCode} before it answered`)
    const answer = await fetch(url).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await sleep(50)
  }
  throw new Error(`the app does not answer at ${url}`)
}

async function started(command: string, args: readonly string[], app: { url: string; what: string; largePath: string }): Promise<RealApp> {
  const child = spawn(command, args, { stdio: 'ignore' })
  endWithUs(child)
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject))
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  try {
    await Promise.race([answering(child, app.url), failed])
  } catch (error) {
    await end()
    throw error
  }
  failed.catch(() => {})
  return { ...app, [Symbol.asyncDispose]: end }
}

function tiddlywikiProgram(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('tiddlywiki/tiddlywiki.js')
  } catch {
    return undefined
  }
}

/**
 * Starts TiddlyWiki, a wiki that households really host; where it is not installed, Python's own web server.
 *
 * @param directory  an empty directory for the app's data
 */
export async function startRealApp(directory: string): Promise<RealApp> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = tiddlywikiProgram()
  if (program !== undefined) {
    const wiki = join(directory, 'wiki')
    const made = spawnSync(process.execPath, [program, wiki, '--init', 'server'], { encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`TiddlyWiki could not make a wiki: ${made.stderr}`)
    makeLargeFile(join(wiki, 'files'))
    return await started(process.execPath, [program, wiki, '--listen', 'host=127.0.0.1', `port=${port}`], {
      url,
      what: 'TiddlyWiki',
      largePath: '/files/film.bin',
    })
  }
  makeLargeFile(directory)
  return await started('python3', ['-m', 'http.server', '--bind', '127.0.0.1', '--directory', directory, String(port)], {
    url,
    what: "Python's web server",
    largePath: '/film.bin',
  })
}
