/**
 * Waits for something that may never end, such as libp2p's stop, which was seen to spin.
 *
 * @returns once `done` has ended or the time is over, whichever is first; @throws what `done` throws before that
 */
export async function bounded(done: Promise<unknown>, limitMs: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(() => late.resolve(), limitMs)
  try {
    await Promise.race([done, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
