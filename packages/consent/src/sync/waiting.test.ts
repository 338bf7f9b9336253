import { limits } from '@porchlight/core'
import { expect, it } from 'vitest'
import { deviceOf } from '../testing/devices.ts'
import { manualTime } from '../testing/manual-time.ts'

/** A desktop that said so many things, and a laptop that does not know the desktop yet. */
async function unknownSigner(words: number) {
  const time = manualTime(Date.UTC(2026, 10, 22))
  let isKnown = false
  const desktop = await deviceOf('ana', 'desktop', time)
  const laptop = await deviceOf('ana', 'laptop', time, { couldSign: (_household, device) => isKnown || device !== desktop.device })
  const ben = await deviceOf('ben', 'one', time)
  for (let n = 0; n < words; n++) await desktop.consent.block(ben.household, `/example/app${n}/1`)
  const { facts } = desktop.consent.siblings.facts(null)
  return { facts, laptop, know: (does = true) => (isKnown = does) }
}

it('what cannot be verified yet waits, changes nothing, and counts once its signer is known', async () => {
  const { facts, laptop, know } = await unknownSigner(2)
  expect(await laptop.consent.siblings.learn(facts)).toEqual({ learned: 0, waiting: 2, refused: 0, dropped: 0 })
  expect(laptop.consent.siblings.facts(null).facts).toEqual([])
  expect(await laptop.consent.siblings.retry()).toMatchObject({ learned: 0, waiting: 2 })
  know()
  expect(await laptop.consent.siblings.retry()).toMatchObject({ learned: 2, waiting: 0 })
  expect(laptop.consent.siblings.facts(null).facts).toHaveLength(2)
  expect(await laptop.consent.siblings.retry()).toEqual({ learned: 0, waiting: 0, refused: 0, dropped: 0 })
})

it('a damaged fact does not wait: nothing that comes later makes it valid', async () => {
  const { facts, laptop, know } = await unknownSigner(1)
  know()
  const bytes = facts[0]!.bytes.with(facts[0]!.bytes.length - 1, facts[0]!.bytes.at(-1)! ^ 1)
  expect(await laptop.consent.siblings.learn([{ ...facts[0]!, bytes }])).toMatchObject({ learned: 0, waiting: 0, refused: 1 })
})

it('so many wait, more are dropped and said so, and repeating one that waits takes no room', async () => {
  const { facts, laptop, know } = await unknownSigner(5)
  const filler = (at: number) => ({
    ...facts[0]!,
    id: `${facts[0]!.id.slice(0, -3)}${String(at).padStart(3, '0')}` as (typeof facts)[0]['id'],
  })
  const many = Array.from({ length: limits.factsWaiting - 2 }, (_, at) => filler(at))
  expect(await laptop.consent.siblings.learn(many)).toMatchObject({ waiting: limits.factsWaiting - 2, dropped: 0 })
  expect(await laptop.consent.siblings.learn([...facts.slice(0, 4), facts[0]!, many[0]!])).toMatchObject({ waiting: 4, dropped: 2 })
  know()
  // Those with a made-up id are no facts at all.
  expect(await laptop.consent.siblings.retry()).toMatchObject({ learned: 2, refused: limits.factsWaiting - 2, waiting: 0 })
})

it('one that waited and is learned makes room for another, and is not tried again', async () => {
  const { facts, laptop, know } = await unknownSigner(3)
  const many = Array.from({ length: limits.factsWaiting - 1 }, (_, at) => ({
    ...facts[0]!,
    id: `${facts[0]!.id.slice(0, -3)}${String(at).padStart(3, '0')}` as (typeof facts)[0]['id'],
  }))
  const { siblings } = laptop.consent
  expect(await siblings.learn([facts[0]!, ...many])).toMatchObject({ waiting: limits.factsWaiting })
  expect(await siblings.learn([facts[1]!])).toMatchObject({ dropped: 1 })
  know()
  expect(await siblings.learn([facts[0]!])).toMatchObject({ learned: 1 })
  know(false)
  expect(await siblings.learn([facts[1]!])).toMatchObject({ waiting: 1, dropped: 0 })
  expect(await siblings.learn([facts[2]!])).toMatchObject({ waiting: 0, dropped: 1 })
})
