import { expect, it } from 'vitest'
import { fromBase64url, toBase64url } from './base64url.ts'

it('base64url goes there and back, without padding and with its own two letters', () => {
  const bytes = Uint8Array.of(0xfb, 0xff, 0xfe, 1)
  expect(toBase64url(bytes)).toBe('-__-AQ')
  expect(fromBase64url('-__-AQ')).toEqual(bytes)
})

it.each(['AQ==', '+//+', 'AR', 'A Q', 'A'])('one value has one text, and %j is none', (text) => {
  expect(() => fromBase64url(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', message: 'not base64url' }))
})
