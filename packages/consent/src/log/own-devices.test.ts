import type { DeviceId, HouseholdId } from '@porchlight/core'
import { expect, it } from 'vitest'
import { deviceOf, type DeviceSide } from '../testing/devices.ts'
import { householdOf, manualTime } from '../testing/index.ts'
import type { SignedKind } from '../inputs.ts'

const startMs = Date.UTC(2026, 6, 1)

/** Two devices of Ana's household, of which a document names those in `named`. */
async function laptopAndPhone(): Promise<{ laptop: DeviceSide; phone: DeviceSide; named: Set<DeviceId>; alarms: string[] }> {
  const time = manualTime(startMs)
  const named = new Set<DeviceId>()
  const alarms: string[] = []
  const maySign = (household: HouseholdId, device: DeviceId, kind: SignedKind): boolean =>
    household === householdOf('ana') && named.has(device) && kind === 'audit'
  const onEvent = (event: { type: string; what?: string }): void => void (event.type === 'alarm' && alarms.push(event.what!))
  const laptop = await deviceOf('ana', 'laptop', time, { maySign })
  const phone = await deviceOf('ana', 'phone', time, { maySign, onEvent })
  named.add(laptop.device).add(phone.device)
  return { laptop, phone, named, alarms }
}

async function grown({ consent }: DeviceSide): Promise<string> {
  await consent.panic()
  return (await consent.checkpointNow())!.note
}

it('a checkpoint of another device of the household is kept, the newest one; capabilities do not matter', async () => {
  const { laptop, phone } = await laptopAndPhone()
  const first = await grown(laptop)
  const second = await grown(laptop)
  for (const note of [second, first]) await phone.consent.learnCheckpoint(note, phone.household)
  expect(phone.consent.checkpoints().map(({ device, note }) => [device, note])).toEqual([[laptop.device, second]])
})

it('of a device that the household does not name it is not', async () => {
  const { laptop, phone, named } = await laptopAndPhone()
  const note = await grown(laptop)
  named.delete(laptop.device)
  await expect(phone.consent.learnCheckpoint(note, phone.household)).rejects.toMatchObject({ reason: 'signer' })
  expect(phone.consent.checkpoints()).toEqual([])
})

it('a device whose record was put back learns it from a sibling', async () => {
  const { laptop, phone, alarms } = await laptopAndPhone()
  const note = await grown(phone)
  await laptop.consent.learnCheckpoint(note, laptop.household)
  const old = await deviceOf('ana', 'phone', manualTime(startMs), {
    onEvent: (event) => void (event.type === 'alarm' && alarms.push(event.what)),
  })
  await old.consent.learnCheckpoint(laptop.consent.checkpoints().find(({ device }) => device === phone.device)!.note, old.household)
  expect(alarms).toEqual(['record-behind'])
})
