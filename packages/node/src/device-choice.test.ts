import type { DeviceId, HouseholdId } from '@porchlight/core'
import { limits } from '@porchlight/core'
import type { Capability } from '@porchlight/identity'
import { expect, it } from 'vitest'
import { DeviceChoice } from './device-choice.ts'

const to = 'ana' as HouseholdId
const place = { to, protocol: '/porchlight/share/1', location: 'photos' }
const caps: Capability[] = ['serve']

function choice(connected: string[], devices: { key: string; caps: Capability[] }[], shown = devices.map(({ key }) => key)) {
  const contacts = {
    devicesOf: (household: HouseholdId) => (household === to ? devices.map((device) => ({ ...device, exp: null })) : []),
    get: () => ({ devices: shown }),
  }
  return new DeviceChoice(contacts as never, (device) => connected.includes(device))
}
const three = ['a', 'b', 'c'].map((key) => ({ key, caps }))

it('a connected device is called before the others', () => {
  expect(choice(['b'], three).candidates(place, true)).toEqual(['b', 'a', 'c'])
})

it('the device that answered last for this place comes first, also over a connected one, and for no other place', () => {
  const chosen = choice(['b'], three)
  chosen.answered(place, 'c' as DeviceId)
  expect(chosen.candidates(place, true)[0]).toBe('c')
  expect(chosen.candidates({ ...place, location: 'notes' }, true)[0]).toBe('b')
})

it('a device that said no comes last until it answers', () => {
  const chosen = choice(['a', 'b'], three)
  chosen.answered(place, 'a' as DeviceId)
  chosen.refused(place, 'a' as DeviceId)
  expect(chosen.candidates(place, true)).toEqual(['b', 'c', 'a'])
  chosen.answered(place, 'a' as DeviceId)
  expect(chosen.candidates(place, true)[0]).toBe('a')
})

it('a device without "serve" is called for nothing that needs a grant', () => {
  const chosen = choice(
    [],
    [
      { key: 'a', caps: ['grant'] },
      { key: 'b', caps },
    ],
  )
  expect(chosen.candidates(place, true)).toEqual(['b'])
  expect(chosen.candidates(place, false)).toEqual(['a', 'b'])
})

it('a device that never showed itself is not called: the household may have named somebody else’s', () => {
  expect(choice(['a'], three, ['b']).candidates(place, true)).toEqual(['b'])
})

it('no call goes round more devices than the limit', () => {
  const many = Array.from({ length: 20 }, (_, at) => ({ key: `d${at}`, caps }))
  expect(choice([], many).candidates(place, true)).toHaveLength(limits.devicesPerCall)
})
