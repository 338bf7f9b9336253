import { expect, test } from 'vitest'
import { bounded } from './bounded.ts'

test('what never ends is waited for as long as its bound, and a failure before that is thrown', async () => {
  await bounded(new Promise(() => {}), 20)
  await bounded(Promise.resolve(), 1e9)
  await expect(bounded(Promise.reject(new Error('failed')), 1e9)).rejects.toThrow('failed')
})
