import { limits } from '@porchlight/core'
import { seal } from '@porchlight/wire'
import { expect, it } from 'vitest'
import { pauseType } from './objects/index.ts'
import { activeGrant, keyOf, memoryLedger, offerTo, side, twoSides } from './testing/index.ts'

it('a queue of changes that is full takes nothing that gives, and everything that takes away', async () => {
  const ledger = memoryLedger()
  const { ana, ben, time } = await twoSides({ ana: ledger })
  const eve = await side('eve', time)
  const [revoked, renounced, suspended] = [
    await activeGrant(ana, ben, time.nowMs()),
    await activeGrant(ana, ben, time.nowMs(), 'music'),
    await activeGrant(ana, ben, time.nowMs(), 'notes'),
    await activeGrant(ana, eve, time.nowMs()),
  ]
  await ben.consent.renounce(renounced.id)
  const entry = ben.consent.outbox(ana.household).find(({ kind }) => kind === 'renounce')!
  const pause = await seal(pauseType, { iss: ana.household, dev: ana.device, at: 1, nonce: new Uint8Array(16) }, await keyOf('ana'))
  const disk = Promise.withResolvers<void>()
  ledger.beforeCommit = () => disk.promise
  // One waits for the disk, and as many behind it as there is room for.
  const waiting = [ana.consent.halt('clock'), ...Array.from({ length: limits.transitionsQueued }, () => ana.consent.delivered(revoked.id))]
  const last = waiting.pop()
  await expect(last).rejects.toMatchObject({ code: 'BUSY' })
  await expect(ana.consent.offer(offerTo(ben, time.nowMs()))).rejects.toMatchObject({ code: 'BUSY' })
  await expect(ana.consent.resume()).rejects.toMatchObject({ code: 'BUSY' })
  const taking = [
    ana.consent.suspend(suspended.id, 'quota'),
    ana.consent.revoke(revoked.id),
    ana.consent.receiveRenounce(entry.bytes, ben.household),
    ana.consent.receivePause(pause.bytes),
    ana.consent.halt('locked'),
    ana.consent.panic(),
    ana.consent.block(ben.household, null),
    ana.consent.revokeAll(eve.household),
  ]
  disk.resolve()
  await Promise.all([...waiting, ...taking])
  expect(ana.consent.grants().map(({ state }) => state)).toEqual(['REVOKED', 'RENOUNCED', 'SUSPENDED', 'REVOKED'])
  expect(ana.consent.halts()).toEqual(['locked', 'paused', 'clock'])
})
