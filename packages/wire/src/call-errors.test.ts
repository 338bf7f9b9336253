import { errorTable, PorchlightError, type ErrorCode } from '@porchlight/core'
import { expect, it } from 'vitest'
import { endOf, errorOf, refusal } from './call-errors.ts'
import { gate } from './generated/gate.ts'

const crossing = ['DENIED', 'BAD_REQUEST', 'APP', 'BUSY', 'TIMEOUT', 'TOO_LARGE', 'INTERNAL']
const payload = new Uint8Array()

it.each(Object.keys(errorTable) as ErrorCode[])('an error %s tells the peer its code or less, and a reason only with APP', (code) => {
  const end = endOf(new PorchlightError(code, 'a path /home/ana', { reason: 'word' }))
  const expected = code === 'GRANT_ENDED' ? 'DENIED' : crossing.includes(code) ? code : 'INTERNAL'
  expect(end).toEqual({ code: expected, reason: code === 'APP' ? 'word' : '', payload })
})

it('an APP error without a reason has an empty one, and a thrown anything is INTERNAL', () => {
  expect(endOf(new PorchlightError('APP', 'x'))).toEqual({ code: gate.End.Code.APP, reason: '', payload })
  expect(endOf(new Error('a stack'))).toEqual({ code: gate.End.Code.INTERNAL, reason: '', payload })
  expect(endOf('a string')).toEqual({ code: gate.End.Code.INTERNAL, reason: '', payload })
})

it("a peer's End means its code here; a reason counts with APP only, and only its first 64 characters", () => {
  expect(errorOf({ code: gate.End.Code.OK, reason: 'x', payload })).toBeUndefined()
  expect(errorOf({ code: gate.End.Code.BUSY, reason: 'x', payload })).toMatchObject({
    code: 'BUSY',
    reason: undefined,
    message: 'the other side answered BUSY',
  })
  const long = `${'a'.repeat(64)}b`
  expect(errorOf({ code: gate.End.Code.APP, reason: long, payload })).toMatchObject({
    code: 'APP',
    reason: 'a'.repeat(64),
    message: `the other side answered ${'a'.repeat(64)}`,
  })
})

it('a refusal is DENIED and nothing else', () => {
  expect(refusal).toEqual({ code: gate.End.Code.DENIED, reason: '', payload })
})
