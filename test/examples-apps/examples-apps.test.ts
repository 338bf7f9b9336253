import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'
import { needs } from '../harness/needs.ts'

const run = promisify(execFile)
const apps = join(root, 'examples/apps')
const venv = process.env['LLM_VENV'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'porchlight-llm')

/** Runs an example as a reader would, with this Node. @returns the lines it printed */
async function lines(name: string): Promise<string[]> {
  const place = await mkdtemp(join(tmpdir(), 'porchlight-example-of-'))
  try {
    const { stdout } = await run('bash', [join(apps, name)], { env: { ...process.env, LLM_VENV: venv, TMPDIR: place } })
    expect({ files: readdirSync(place), processes: running(place) }, 'what it left behind').toEqual({ files: [], processes: [] })
    return stdout.trim().split('\n')
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

/** The processes whose home is below a directory, as /proc tells it. */
function running(place: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`PORCHLIGHT_HOME=${place}`)
    } catch {
      // It ended meanwhile.
      return false
    }
  })
}

test.each(readdirSync(apps))('%s is at most 60 lines', (name) => {
  expect(readFileSync(join(apps, name), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(60)
})

describe('a backup at a friend’s', () => {
  beforeAll(() =>
    needs({
      '/usr/bin/restic': 'apt-get install restic',
      '/usr/bin/rclone': 'apt-get install rclone',
      '/usr/bin/curl': 'apt-get install curl',
    }),
  )

  test('stops at its quota, keeps what was there, and goes on with a larger one', async () => {
    expect(await lines('restic-backup.sh')).toEqual([
      'snapshots after the first evening: 1',
      'restic was told: 403 Forbidden',
      "at Ben's: SUSPENDED for quota",
      'not more than 20 MB on his disk: yes',
      'every byte of the first evening is intact',
      'the second evening came back whole',
      'Ben sees files that he cannot read',
    ])
  })
})

describe('a language model for one friend', () => {
  beforeAll(() => {
    needs({ '/usr/bin/curl': 'apt-get install curl' })
    if (existsSync(join(venv, 'installed'))) return
    for (let tries = 1; ; tries++)
      try {
        execFileSync('bash', [join(apps, 'llm-install.sh')], { env: { ...process.env, LLM_VENV: venv }, stdio: 'pipe', timeout: 300_000 })
        return
      } catch (error) {
        if (tries < 3) continue
        const said = (error as { stderr?: Buffer }).stderr?.toString().slice(-2000)
        throw new Error(`this suite CANNOT RUN here: examples/apps/llm-install.sh does not get the model:\n${said}`, { cause: error })
      }
  }, 1_000_000)

  test('answers in pieces, holds to two connections a minute, and ends in mid-sentence when it is stopped', async () => {
    const [says, ...rest] = await lines('llm-for-a-friend.sh')
    expect(says).toMatch(/^the model says: .*\b(sky|light|blue|atmosphere)\b/i)
    expect(rest).toEqual([
      'it came whole: 1, in more than ten pieces: yes',
      'a third within the minute: HTTP 503',
      expect.stringMatching(/^the story broke off: .*(reset by peer|outstanding read data)/),
      'it never said that it was done: right, and nothing came after: right',
      'asking again: HTTP 403',
    ])
  })
})
