import { factTypes } from '@porchlight/consent'
import { expect, test } from 'vitest'
import { logText } from './log-text.ts'

test('every kind of thing that another device told is said in words, and not by its name in the protocol', () => {
  for (const of of Object.keys(factTypes)) {
    const text = logText('learned', { fact: 'id', of, device: 'device' }, String)
    expect(text).toMatch(/^Another device of this household told us of (a|an|the|what|something) /)
    expect(text).not.toContain('fact')
  }
})

test('what was erased is not made up', () => expect(logText('learned', undefined, String)).toBeNull())
