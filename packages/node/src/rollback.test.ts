import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { defineProtocol } from '@porchlight/core'
import { sampleManifest } from '@porchlight/consent/testing'
import { client, handlersOf } from '@porchlight/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { restoreHousehold, type HouseholdNode } from './index.ts'
import { agree as agreeOn, pair, Street } from './testing/street.ts'

const bytes = { encode: (value: object) => new Uint8Array(Object.keys(value).length), decode: () => ({}) }
const echo = defineProtocol({
  id: '/porchlight/share/1',
  methods: { say: { kind: 'query', scope: 'use', input: bytes, output: bytes } },
})
const handlers = handlersOf(echo, { say: async () => ({}) })

let street: Street
let ben: HouseholdNode
let ana: HouseholdNode
const at = (name: string): string => street.at(name)
const open = async (name: string): Promise<HouseholdNode> => {
  const node = await street.start(name)
  node.serve({ definition: echo, manifest: sampleManifest, handlers })
  return node
}

beforeEach(async () => {
  street = await Street.make()
  ;[ben, ana] = await Promise.all([open('ben'), open('ana')])
  await pair(ben, ana, { guest: 'ana', owner: 'ben' })
})
afterEach(() => street[Symbol.asyncDispose]())

const agree = (location: string): Promise<string> => agreeOn(ben, ana, { to: 'ana', protocol: echo.id, location })
const stateOf = (id: string): string | undefined => ben.grants().find((grant) => grant.id === id)?.state
const call = (location: string): Promise<object> => client(ana.link, ben.household, echo, { location }).say({})
const isServed = (location: string): Promise<boolean> =>
  call(location).then(
    () => true,
    () => false,
  )
const alarms = (): string => ben.status().alarms.join('\n')

/** Ben stops sharing photos after the copy of his files was made, and then the copy is put in place. */
async function putBack(what: 'db' | 'everything'): Promise<{ photos: string; music: string }> {
  const [photos, music] = [await agree('photos'), await agree('music')]
  await street.stop('ben')
  await cp(at('ben'), at('copy'), { recursive: true })
  ben = await open('ben')
  await ben.revoke(photos)
  await vi.waitFor(() => expect(ana.grants().find(({ id }) => id === photos)?.state).toBe('REVOKED'))
  await street.stop('ben')
  for (const name of what === 'db' ? ['db'] : await readdir(at('copy'))) {
    await rm(join(at('ben'), name), { recursive: true, force: true })
    await cp(join(at('copy'), name), join(at('ben'), name), { recursive: true })
  }
  ben = await open('ben')
  return { photos, music }
}

describe('an older copy of the record in place of the newer one', { timeout: 60_000 }, () => {
  test('of the database alone is noticed before anybody is served, and says why', async () => {
    const { photos, music } = await putBack('db')
    // REVOKED already when the contact was quicker to give the revocation back.
    expect(['SUSPENDED', 'REVOKED']).toContain(stateOf(photos))
    expect(stateOf(music)).toBe('SUSPENDED')
    expect(alarms()).toMatch(/older than it once was/)
    expect(await isServed('music')).toBe(false)
  })

  test('of everything is noticed as soon as a contact gives back the revocation that is not in it', async () => {
    const { photos, music } = await putBack('everything')
    await vi.waitFor(() => expect(stateOf(photos)).toBe('REVOKED'), { timeout: 20_000 })
    expect(stateOf(music)).toBe('SUSPENDED')
    await vi.waitFor(() => expect(alarms()).toMatch(/older than it once was.* ana holds a newer state of it/))
    expect(ben.status().newerAt).toEqual(['ana'])
    expect(await isServed('photos')).toBe(false)
    expect(await isServed('music')).toBe(false)
    await ben.control.resume({ grants: [music] })
    expect([stateOf(photos), stateOf(music)]).toEqual(['REVOKED', 'ACTIVE'])
    expect(await isServed('music')).toBe(true)
    expect(await isServed('photos')).toBe(false)
    expect(alarms()).toBe('')
    expect(ben.status().newerAt).toEqual([])
    expect(await ben.verifyLog()).toMatchObject({ ok: true })
  })

  test('stays noticed over another restart', async () => {
    const { music } = await putBack('db')
    await street.stop('ben')
    ben = await open('ben')
    expect(stateOf(music)).toBe('SUSPENDED')
  })
})

describe('a backup', { timeout: 60_000 }, () => {
  test('is restored with the words of the household: everything is there, and nothing is served', async () => {
    const music = await agree('music')
    const words = (await ben.takeRecoveryWords())!.words.join(' ')
    const file = at('backup.age')
    expect(await ben.backup({ path: file })).toMatchObject({ opensWith: 'words' })
    expect(ben.status().lastBackupMs).toBeGreaterThan(0)
    await street.stop('ben')
    const nowMs = Date.now
    const other = (await ana.takeRecoveryWords())!.words.join(' ')
    await expect(restoreHousehold({ dir: at('new'), file, key: { words: other }, nowMs })).rejects.toMatchObject({ reason: 'words-wrong' })
    await expect(restoreHousehold({ dir: at('new'), file, key: { words: 'twelve' }, nowMs })).rejects.toMatchObject({
      reason: 'words-wrong',
    })
    await expect(restoreHousehold({ dir: at('new'), file, key: { words }, household: ana.household, nowMs })).rejects.toMatchObject({
      reason: 'other-household',
    })
    const restored = await restoreHousehold({ dir: at('new'), file, key: { words }, nowMs })
    expect(restored.household).toBe(ben.household)
    ben = await open('new')
    expect(ben.household).toBe(restored.household)
    expect(ben.contacts().map(({ petname }) => petname)).toEqual(['ana'])
    expect(stateOf(music)).toBe('SUSPENDED')
    expect(await isServed('music')).toBe(false)
  })

  test('with a passphrase opens with it, and is never written over another file', async () => {
    const file = at('backup.age')
    await ben.backup({ path: file, passphrase: 'correct horse battery' })
    await expect(ben.backup({ path: file })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'file-exists' })
    await expect(ben.backup({ path: 'relative' })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'file' })
    const restored = await restoreHousehold({ dir: at('new'), file, key: { passphrase: 'correct horse battery' }, nowMs: Date.now })
    expect(restored).toMatchObject({ household: ben.household, device: ben.device })
  })
})
