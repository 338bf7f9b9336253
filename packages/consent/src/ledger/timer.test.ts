import { expect, it } from 'vitest'
import { realTimer } from './timer.ts'

it('the real timer runs once after its time, not when it was cancelled, and keeps no process alive', async () => {
  const ran: string[] = []
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const cancel = realTimer(1, () => ran.push('cancelled'))
  const done = Promise.withResolvers<void>()
  realTimer(2, () => done.resolve(void ran.push('ran')))
  // A timer that keeps the process alive would be listed.
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')).toHaveLength(before)
  cancel()
  await done.promise
  expect(ran).toEqual(['ran'])
})
