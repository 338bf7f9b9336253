import { goals, type Pair } from './pairs.ts'
import { PairLab, type Conditions, type Run } from './trial.ts'

/** What came of one pair under one set of conditions. */
export interface Row {
  readonly pair: Pair
  readonly conditions: Conditions
  readonly rawMs: number
  readonly runs: readonly Run[]
  /** Runs that did not even work over the relay, each with its error. */
  readonly failures: readonly string[]
}

/** @param count  cold starts, one after the other */
export async function measure(pair: Pair, conditions: Conditions, count: number): Promise<Row> {
  await using lab = await PairLab.create(pair, conditions)
  const rawMs = await lab.raw()
  const runs: Run[] = []
  const failures: string[] = []
  for (let n = 0; n < count; n++) {
    try {
      runs.push(await lab.run())
    } catch (error) {
      failures.push(`run ${n + 1}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { pair, conditions, rawMs, runs, failures }
}

const isDirect = ({ meeting }: Run): boolean => meeting.directMs !== undefined && meeting.later?.relayed === false

/** By the nearest rank. @returns `undefined` of nothing */
function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

/** What a row shows against the goals, one sentence each; empty when it meets them. */
export function shortfalls({ pair, rawMs, runs, failures }: Row): string[] {
  const count = runs.length + failures.length
  const direct = runs.filter(isDirect)
  const firstByteMs =
    quantile(
      runs.map(({ meeting }) => meeting.firstByteMs),
      0.5,
    ) ?? Infinity
  const directMs =
    quantile(
      direct.map(({ meeting }) => meeting.directMs!),
      0.5,
    ) ?? Infinity
  const mostFirstByteMs = goals.firstByteOverRaw * rawMs
  return [
    ...failures.map((failure) => `no answer at all, ${failure}`),
    ...(firstByteMs > mostFirstByteMs ? [`first byte after ${firstByteMs.toFixed(0)} ms, goal ${mostFirstByteMs.toFixed(0)}`] : []),
    ...(pair.goal === 'direct' && direct.length < goals.directShare * count ? [`direct in ${direct.length} of ${count} runs`] : []),
    ...(pair.goal === 'direct' && directMs > goals.directMs ? [`direct after ${directMs.toFixed(0)} ms, goal ${goals.directMs}`] : []),
    ...new Set(runs.flatMap(({ unlisted }) => unlisted.map((address) => `contacted and not listed: ${address}`))),
    ...new Set(runs.flatMap(({ inClear }) => inClear.map((secret) => `on the wire in clear: the ${secret}`))),
  ].map((sentence) => `${pair.name}: ${sentence}`)
}

const ms = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(0))

/** The table of docs/measurements.md. */
export function markdown(rows: readonly Row[]): string {
  const head = [
    '| Pair | Loss | Goal | Direct | First byte: p50, p95 ms | × raw relay | Direct after: p50, p95 ms | Later call: p50 ms | Addresses not listed | In clear |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ]
  return [...head, ...rows.map(line)].join('\n')
}

function line({ pair, conditions, rawMs, runs, failures }: Row): string {
  const of = (pick: (run: Run) => number | undefined, share: number): number | undefined =>
    quantile(
      runs.map(pick).filter((value) => value !== undefined),
      share,
    )
  const first = (share: number): number | undefined => of(({ meeting }) => meeting.firstByteMs, share)
  const direct = (share: number): number | undefined => of((run) => (isDirect(run) ? run.meeting.directMs : undefined), share)
  const cells = [
    pair.name,
    `${conditions.lossPercent} %`,
    pair.goal,
    `${runs.filter(isDirect).length} of ${runs.length + failures.length}${failures.length > 0 ? `, ${failures.length} failed` : ''}`,
    `${ms(first(0.5))}, ${ms(first(0.95))}`,
    first(0.5) === undefined ? '–' : `${(first(0.5)! / rawMs).toFixed(2)} (raw ${ms(rawMs)})`,
    `${ms(direct(0.5))}, ${ms(direct(0.95))}`,
    ms(of(({ meeting }) => meeting.laterMs, 0.5)),
    String(new Set(runs.flatMap(({ unlisted }) => unlisted)).size),
    String(new Set(runs.flatMap(({ inClear }) => inClear)).size),
  ]
  return `| ${cells.join(' | ')} |`
}
