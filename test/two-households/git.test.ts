import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Home, pair, shareAndAccept } from '../harness/home.ts'
import { needs } from '../harness/needs.ts'
import { freePort, Program } from '../harness/process.ts'

const run = promisify(execFile)
const backend = '/usr/lib/git-core/git-http-backend'
const person = ['-c', 'user.name=Ana', '-c', 'user.email=ana@home.invalid', '-c', 'protocol.version=2']

/** What lighttpd needs to run git's own CGI program; the program itself is untouched. */
const lighttpdConfig = (port: number, folder: string): string => `
server.modules = ("mod_cgi", "mod_alias", "mod_setenv")
server.document-root = "${folder}"
server.bind = "127.0.0.1"
server.port = ${port}
server.upload-dirs = ("${folder}")
alias.url = ("/git" => "${backend}")
$HTTP["url"] =~ "^/git" {
  cgi.assign = ("" => "")
  setenv.set-environment = ("GIT_PROJECT_ROOT" => "${folder}", "GIT_HTTP_EXPORT_ALL" => "1", "REMOTE_USER" => "guest")
}
`

describe("git's own smart HTTP server, shared as it is", () => {
  let ben: Home
  let ana: Home
  let server: Program
  let folder: string
  let url: string

  beforeAll(async () => {
    needs({ [backend]: 'apt-get install git', '/usr/sbin/lighttpd': 'apt-get install lighttpd' })
    folder = await mkdtemp(join(tmpdir(), 'porchlight-git-'))
    await git(folder, 'init', '-q', '-b', 'main', 'work')
    await mkdir(join(folder, 'work', 'pictures'))
    for (let n = 0; n < 20; n++) await writeFile(join(folder, 'work', 'pictures', `${n}.raw`), randomBytes(1 << 20))
    await git(join(folder, 'work'), 'add', '.')
    await git(join(folder, 'work'), ...person, 'commit', '-qm', 'twenty pictures')
    await git(folder, 'clone', '-q', '--bare', 'work', 'album.git')
    await git(join(folder, 'album.git'), 'config', 'http.receivepack', 'true')
    const port = await freePort()
    await writeFile(join(folder, 'lighttpd.conf'), lighttpdConfig(port, folder))
    server = await Program.listening(port, '/usr/sbin/lighttpd', ['-D', '-f', join(folder, 'lighttpd.conf')])
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
    url = (await shareAndAccept(ben, ana, `http://127.0.0.1:${port}`, 'album')).url
  })
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  test('a repository of 20 MB is cloned through the share, byte for byte', async () => {
    await git(folder, 'clone', '-q', `${url}git/album.git`, 'at-anas')
    expect(await git(join(folder, 'at-anas'), 'rev-parse', 'HEAD^{tree}')).toBe(await git(join(folder, 'work'), 'rev-parse', 'HEAD^{tree}'))
    await git(join(folder, 'at-anas'), 'fsck', '--full', '--strict')
  })

  test('20 MB pushed through the share arrive in the owner’s repository, byte for byte', async () => {
    const clone = join(folder, 'at-anas')
    for (let n = 0; n < 20; n++) await writeFile(join(clone, 'pictures', `ana-${n}.raw`), randomBytes(1 << 20))
    await git(clone, 'add', '.')
    await git(clone, ...person, 'commit', '-qm', 'twenty more')
    await git(clone, ...person, 'push', '-q', 'origin', 'main')
    expect(await git(join(folder, 'album.git'), 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'))
    await git(join(folder, 'album.git'), 'fsck', '--full', '--strict')
  })
})

async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd, env: { ...process.env, GIT_TERMINAL_PROMPT: '0', http_proxy: '' }, maxBuffer: 16 << 20 })
  return stdout.trim()
}
