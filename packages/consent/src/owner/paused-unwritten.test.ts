import { limits } from '@porchlight/core'
import { seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { resumeType } from '../objects/index.ts'
import {
  activeGrant,
  admitted,
  callOf,
  keyOf,
  memoryLedger,
  twoSides,
  type ManualTime,
  type MemoryLedger,
  type Side,
} from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
let ledger: MemoryLedger

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
})

async function retried(): Promise<void> {
  time.advance(limits.revocationRetryMs)
  for (let turn = 0; turn < 4; turn++) await ana.consent.verifyLog()
}
const admits = () => ana.consent.admit(callOf(ben)).allow
const pauses = async () => (await ledger.load()).pauses
const kinds = async () => (await ana.consent.log()).map(({ kind }) => kind).filter((kind) => kind === 'pause' || kind === 'resume')
/** A panic that holds and is not on the disk. */
async function panicUnwritten(): Promise<void> {
  ledger.failing()
  await expect(ana.consent.panic()).rejects.toMatchObject({ code: 'INTERNAL', reason: 'not-durable' })
}

describe('a panic', () => {
  it('tells every live call that it was paused', async () => {
    await activeGrant(ana, ben, time.nowMs())
    const { signal } = admitted(ana, ben)
    await ana.consent.panic()
    expect(signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'paused' })
  })

  it('that was not written yet is not lifted by a resume of other pauses', async () => {
    await activeGrant(ana, ben, time.nowMs())
    await panicUnwritten()
    ledger.works()
    await ana.consent.resume({ pauses: [] })
    expect([ana.consent.halts(), admits()]).toEqual([['paused'], false])
    await retried()
    expect(await pauses()).toMatchObject([{ lifted: false }])
  })

  it('that was not written yet is lifted with all the others, and does not come back', async () => {
    await activeGrant(ana, ben, time.nowMs())
    await panicUnwritten()
    ledger.works()
    await ana.consent.resume()
    expect([ana.consent.halts(), admits()]).toEqual([[], true])
    await retried()
    expect([ana.consent.halts(), await pauses()]).toEqual([[], []])
  })

  it('holds when the resume cannot be written', async () => {
    await activeGrant(ana, ben, time.nowMs())
    await ana.consent.panic()
    ledger.failing()
    await expect(ana.consent.resume()).rejects.toMatchObject({ code: 'INTERNAL', reason: 'not-durable' })
    expect([ana.consent.halts(), admits()]).toEqual([['paused'], false])
    ledger.works()
    await ana.consent.resume()
    expect([ana.consent.halts(), admits()]).toEqual([[], true])
    expect(await kinds()).toEqual(['pause', 'resume'])
  })
})

describe('a resume', () => {
  it('with nothing to lift writes nothing and signs nothing', async () => {
    const written = ledger.committed.length
    await ana.consent.resume()
    await ana.consent.resume({ pauses: [], grants: [] })
    expect(ledger.committed.length).toBe(written)
  })

  it('that names a grant nobody knows changes nothing', async () => {
    await ana.consent.panic()
    const unknown = `b${'a'.repeat(52)}`
    await expect(ana.consent.resume({ grants: [unknown as never] })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'unknown-grant' })
    expect(ana.consent.halts()).toEqual(['paused'])
  })

  it('of another device that comes twice is in the log once', async () => {
    await ana.consent.panic()
    const [pause] = await pauses()
    const { bytes } = await seal(
      resumeType,
      { iss: ana.household, dev: ana.device, pauses: [pause!.id], grants: [], at: 1, nonce: new Uint8Array(16) },
      await keyOf('ana'),
    )
    await ana.consent.receiveResume(bytes)
    await ana.consent.receiveResume(bytes)
    expect(await kinds()).toEqual(['pause', 'resume'])
    expect(ana.consent.halts()).toEqual([])
  })

  it('of another device says which of its grants were held, and lets them go on', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.suspend(id, 'unused')
    const { bytes } = await seal(
      resumeType,
      { iss: ana.household, dev: ana.device, pauses: [], grants: [id], at: 1, nonce: new Uint8Array(16) },
      await keyOf('ana'),
    )
    await ana.consent.receiveResume(bytes)
    expect(admits()).toBe(true)
    expect((await ana.consent.log()).slice(-2)).toMatchObject([
      { kind: 'resume', facts: { pauses: 0, grants: 1, device: ana.device } },
      { kind: 'confirm', facts: { grant: id, causes: 'unused' } },
    ])
  })
})
