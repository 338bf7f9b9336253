import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** An app of one method that says how long its payload was, under the secret `mine`. */
const program = `
import sys
sys.path.insert(0, ${JSON.stringify(import.meta.dirname)})
from server import listen
print(listen({("unary", "measure"): lambda payload, caller: str(len(payload)).encode()}, "mine").server_address[1], flush=True)
sys.stdin.read()
`
let app: ReturnType<typeof spawn>
let port = 0
beforeAll(async () => {
  app = spawn('/usr/bin/python3', ['-E', '-s', '-B', '-c', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(app.stdout!, 'data')) as [Buffer]
  port = Number(line)
})
afterAll(async () => {
  app.stdin!.end()
  await once(app, 'exit')
})

/** Everything that is answered to these bytes until the app closes the connection, which stays open from here. */
async function said(bytes: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.write(bytes)
  let text = ''
  for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString()
  socket.destroy()
  return text
}
const head = (secret: string, length: string | number) =>
  `POST /measure HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Length: ${length}\r\n\r\n`

test('who has not the secret is refused before anything of the body is read', async () => {
  expect(await said(head('wrong', 500))).toContain('"DENIED"')
})

test.each([-1, 'x', '١'])('a length of %s is refused, and nobody waits for the end of the connection', async (length) => {
  expect(await said(head('mine', length))).toContain('"BAD_REQUEST"')
})

test('what is left of a message that is too long is not the next request', async () => {
  const next = head('mine', 0)
  const text = await said(head('mine', 960 * 1024 + 1 + next.length) + ' '.repeat(960 * 1024 + 1) + next)
  expect(text).toContain('"TOO_LARGE"')
  expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
})
