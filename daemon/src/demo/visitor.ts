import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Opens an address of the gateway as a browser would. Names under `.localhost` are resolved by browsers themselves and not by Node,
 * so the connection goes to 127.0.0.1 with the name in `Host`.
 */
async function visit(address: string): Promise<IncomingMessage> {
  const url = new URL(address)
  const asked = request({ host: '127.0.0.1', port: url.port, path: url.pathname + url.search, headers: { host: url.host }, agent: false })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  // A connection that is cut later shows as the end of the answer.
  asked.on('error', () => {})
  return answer
}

/** A whole page. */
export async function readPage(address: string): Promise<{ status: number; body: Buffer }> {
  const answer = await visit(address)
  const chunks: Buffer[] = []
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
  return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }
}

/** A download that somebody reads at a household's pace. */
export interface SlowDownload {
  /** Bytes that came so far. */
  bytes(): number
  /** How it ended, and when. */
  readonly end: Promise<{ whole: boolean; atMs: number }>
}

/**
 * Begins a download and reads it at a bounded pace, so that it is really under way when something ends it.
 *
 * @param bytesPerSecond  about; read in slices of 20 ms
 */
export async function beginDownload(address: string, bytesPerSecond: number): Promise<SlowDownload> {
  const answer = await visit(address)
  if (answer.statusCode !== 200) throw new Error(`the download was answered with ${answer.statusCode}`)
  let bytes = 0
  const read = async () => {
    const startedMs = performance.now()
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        bytes += chunk.length
        while (bytes > ((performance.now() - startedMs) / 1000) * bytesPerSecond && !answer.destroyed) await sleep(20)
      }
    } catch {
      // A download that is cut ends here; `complete` says so.
    }
    return { whole: answer.complete, atMs: performance.now() }
  }
  return { bytes: () => bytes, end: read() }
}
