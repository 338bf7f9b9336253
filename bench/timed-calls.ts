/** What one process found that made so many calls. */
export interface TimedCalls {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** User and system time of the calling process for each. */
  readonly cpuMicros: number
  readonly failed: number
  /** One of the failures. */
  readonly because?: string
}

/** Makes so many calls, so many of them at once; before that so many that are not counted, four at once, until the process has compiled what it runs. */
export async function timedCalls(calls: number, inFlight: number, call: () => Promise<void>, warm = 0): Promise<TimedCalls> {
  const tookMs: number[] = []
  let [begun, failed] = [0, 0]
  let because: string | undefined
  if (warm > 0) ({ failed, because } = await timedCalls(warm, 4, call))
  const one = async (): Promise<void> => {
    while (begun < calls) {
      begun++
      const fromMs = performance.now()
      try {
        await call()
        tookMs.push(performance.now() - fromMs)
      } catch (error) {
        failed++
        because = String(error)
      }
    }
  }
  const [fromMs, cpu] = [performance.now(), process.cpuUsage()]
  await Promise.all(Array.from({ length: inFlight }, one))
  const seconds = (performance.now() - fromMs) / 1000
  const { user, system } = process.cpuUsage(cpu)
  tookMs.sort((one, other) => one - other)
  const at = (part: number): number => Number((tookMs[Math.floor(tookMs.length * part)] ?? 0).toFixed(2))
  return {
    perSecond: Math.round(calls / seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuMicros: Math.round((user + system) / calls),
    failed,
    ...(because === undefined ? {} : { because }),
  }
}
