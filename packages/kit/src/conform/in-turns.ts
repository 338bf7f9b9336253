import { limits } from '@porchlight/core'

/** Runs `work` for 0 … count−1, at most `limits.conformAtOnce` at a time. @returns the results in order */
export async function inTurns<T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results = new Array<T>(Math.max(0, count))
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) {
      const n = next++
      results[n] = await work(n)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limits.conformAtOnce, Math.max(0, count)) }, worker))
  return results
}
