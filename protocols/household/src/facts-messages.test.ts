import { objectId } from '@porchlight/core'
import { expect, it } from 'vitest'
import { facts, factsRequest } from './facts-messages.ts'

const place = { n: 7, id: objectId(`b${'a'.repeat(52)}`) }

it('where a log ends and was read travels both ways, and what is absent reads as nothing', () => {
  const request = { ...factsRequest.decode(new Uint8Array()), read: place }
  expect(factsRequest.decode(factsRequest.encode(request))).toEqual(request)
  expect(factsRequest.decode(new Uint8Array()).read).toBeNull()
  const page = { ...facts.decode(new Uint8Array()), log: place, read: { ...place, n: 9 } }
  expect(facts.decode(facts.encode(page))).toEqual(page)
  expect(facts.decode(new Uint8Array())).toMatchObject({ log: null, read: null })
})

it('a place of a log whose id is none is not read', () => {
  expect(() =>
    factsRequest.decode(factsRequest.encode({ ...factsRequest.decode(new Uint8Array()), read: { n: 1, id: 'nothing' as never } })),
  ).toThrow()
})
