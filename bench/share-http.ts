// Downloads 512 MiB from an app directly, then through the share over a link in memory, in the same process: MB/s of both.
import { createServer, get, type RequestOptions, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sharedApp } from '../daemon/src/testing/shared-app.ts'

const totalBytes = 512 * 1024 * 1024
const block = Buffer.alloc(1024 * 1024, 'x')

const app = (_req: unknown, res: ServerResponse): void => {
  res.writeHead(200, { 'Content-Length': totalBytes })
  let left = totalBytes
  const more = (): void => {
    while (left > 0) {
      left -= block.byteLength
      if (!res.write(block)) return void res.once('drain', more)
    }
    res.end()
  }
  more()
}

async function megabytesPerSecond(options: RequestOptions): Promise<number> {
  const startMs = performance.now()
  const bytes = await new Promise<number>((resolve, reject) => {
    get(options, (answer) => {
      let got = 0
      answer.on('data', (part: Buffer) => (got += part.byteLength))
      answer.on('end', () => resolve(got))
      answer.on('error', reject)
    }).on('error', reject)
  })
  if (bytes !== totalBytes) throw new Error(`${bytes} bytes, expected ${totalBytes}`)
  return bytes / 1000 / (performance.now() - startMs)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

await using shared = await sharedApp(app)
const direct = createServer(app)
await new Promise<void>((resolve) => void direct.listen(0, '127.0.0.1', resolve))
const results = { direct: [] as number[], share: [] as number[] }
for (let round = 0; round < 3; round++) {
  results.direct.push(await megabytesPerSecond({ host: '127.0.0.1', port: (direct.address() as AddressInfo).port, agent: false }))
  results.share.push(await megabytesPerSecond({ ...shared.options('/'), agent: false }))
}
direct.close()
const [base, through] = [median(results.direct), median(results.share)]
console.log(
  JSON.stringify({
    bench: 'share-http',
    directMBps: Math.round(base),
    shareMBps: Math.round(through),
    ratio: Number((through / base).toFixed(2)),
  }),
)
