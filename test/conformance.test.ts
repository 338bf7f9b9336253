import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PorchlightError } from '@porchlight/core'
import { checkFolder, conform, conformText, gateTarget, kitFiles, streamTarget } from '@porchlight/kit'
import { createMesh, probeGate } from '@porchlight/mesh'
import { createNode, type HouseholdNode } from '@porchlight/node'
import { generateKey, type CallHandler, type InboundCall, type Verdict } from '@porchlight/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../scripts/workspaces.mjs'

function folderOf(name: string) {
  const dir = join(root, 'protocols', name)
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(kitFiles)
  return checkFolder(new Map(paths.map((path) => [path, readFileSync(join(dir, path), 'utf8')])))
}

describe('a household node, over libp2p, to a contact that paired by its invite', () => {
  let [dir, node]: [string, HouseholdNode | undefined] = ['', undefined]
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'porchlight-conform-'))
    node = await createNode({ dir, name: 'ben', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  })
  afterAll(async () => {
    await node?.[Symbol.asyncDispose]()
    rmSync(dir, { recursive: true })
  })

  // The one that wants 440 calls with a refusal each takes longest.
  test.each(['gate', 'invite', 'consent', 'household', 'share', 'reach', 'relay'])(
    'meets every case of %s that needs no echo',
    async (name) => {
      const { link } = await node!.createInvite({ petname: `runner-${name}` })
      await using target = await gateTarget(link, { random: randomBytes, nowMs: Date.now })
      const report = await conform(folderOf(name), target)
      expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
      expect(report.passed).toBeGreaterThan(0)
      if (name !== 'gate') expect(report.notRun).toBe(0)
    },
    60_000,
  )
})

test('with an address alone the runner is a stranger, plays the cases of strangers, and says that it did not play the others', async () => {
  const mesh = await createMesh({ key: await generateKey(), listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, gate: () => ({ allow: false }) })
  try {
    await using target = await gateTarget(mesh.addresses()[0]!, { random: randomBytes, nowMs: Date.now })
    const { results, failed, passed, notRun } = await conform(folderOf('gate'), target)
    expect(failed).toBe(0)
    expect(passed + notRun).toBe(results.length)
    expect(new Set(results.filter(({ outcome }) => outcome === 'not run').map(({ because }) => because))).toEqual(
      new Set(['the target lets the runner be no contact', 'the target names no call that the runner may make']),
    )
  } finally {
    await mesh.stop()
  }
  const gone = gateTarget(mesh.addresses()[0] ?? `/ip4/127.0.0.1/tcp/1/p2p/${mesh.device}`, { random: randomBytes, nowMs: Date.now })
  await expect(gone).rejects.toMatchObject({ code: 'UNREACHABLE' })
  const noTarget = gateTarget('ben', { random: randomBytes, nowMs: Date.now })
  await expect(noTarget).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'target' })
}, 60_000)

/** A gate of ours that serves an echo to one device. */
async function echoGate() {
  const device = await generateKey()
  let revoked = new AbortController()
  const handlers: Record<string, CallHandler> = {
    unary: async ({ payload }) => payload,
    stream: async (call) => {
      for await (const message of call.messages) await call.send(message)
    },
  }
  const decide = (call: InboundCall, isContact: boolean): Verdict => {
    const handler = isContact && call.protocol === '/example/echo/1' && call.location === '' ? handlers[call.method] : undefined
    return handler
      ? { allow: true, household: undefined, scopes: new Set(), signal: revoked.signal, handler, done: () => {} }
      : { allow: false }
  }
  const mesh = await createMesh({
    key: await generateKey(),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
    gate: (call) => decide(call, call.device === device.publicKey.toString()),
  })
  const stranger = await probeGate(mesh.addresses(), { key: await generateKey() })
  const contact = await probeGate(mesh.addresses(), { key: device })
  const echo = { protocol: '/example/echo/1', location: '' }
  return streamTarget({
    name: mesh.device,
    roles: new Set(['stranger', 'contact']),
    known: { ...echo, method: 'unary', payload: '0102' },
    echo,
    open: (role) => (role === 'stranger' ? stranger : contact).open(),
    protocols: () => stranger.protocols(),
    revoke: async () => {
      const ended = revoked
      revoked = new AbortController()
      ended.abort(new PorchlightError('GRANT_ENDED', 'revoked'))
    },
    [Symbol.asyncDispose]: async () => {
      for (const each of [stranger, contact, mesh]) await each[Symbol.asyncDispose]()
    },
  })
}

test('our gate meets every case of its SPEC over libp2p, with an echo to call', async () => {
  await using target = await echoGate()
  expect(conformText(await conform(folderOf('gate'), target))).toMatch(/: \d\d passed, 0 failed, 0 not run$/)
}, 60_000)
