import { isPorchlightError } from '@porchlight/core'
import type { ConformanceCase, ConformanceFile } from '../cases/case-file.ts'
import type { CheckedFolder } from '../check/check-folder.ts'
import { makeCall, type Meaning } from './call-cases.ts'
import type { Target } from './target.ts'
import { askAlike, cutFrame, lookHidden, playTranscript, type Finding } from './transcripts.ts'

/** One MUST that a case is about, as the SPEC names it. */
export interface Cited {
  /** `R21`, or the slug of a heading. */
  readonly id: string
  /** The heading under which it stands; the id where the SPEC is not at hand. */
  readonly section: string
}

export interface CaseResult {
  readonly name: string
  readonly must: readonly Cited[]
  readonly outcome: 'passed' | 'failed' | 'not run'
  /** What was wrong, or what the target lacks. */
  readonly because?: string
}

export interface ConformReport {
  readonly protocol: string
  readonly target: string
  readonly results: readonly CaseResult[]
  /** Requirements that a case failed, each once, in the order of the SPEC. */
  readonly broken: readonly Cited[]
  readonly passed: number
  readonly failed: number
  readonly notRun: number
}

/** What a case needs that the target has not; `undefined` when it can be run. */
function lacks(each: ConformanceCase, target: Target): string | undefined {
  const isWire = !('call' in each)
  if (!target.roles.has(each.as)) return `the target lets the runner be no ${each.as}`
  if (isWire && !target.open) return 'the target is not reached over the wire'
  if ('hidden' in each && !target.protocols) return 'the target has no identify'
  if (each.needs?.includes('echo') === true && !target.echo) return 'the target serves no echo'
  if (each.needs?.includes('revoke') === true && !target.revoke) return 'the runner cannot take back a grant there'
  const isKnown =
    'steps' in each &&
    each.needs?.includes('echo') !== true &&
    each.steps.some((step) => 'send' in step && 'open' in step.send && step.send.open.protocol === undefined)
  return isKnown && !target.known ? 'the target names no call that the runner may make' : undefined
}

function run(each: ConformanceCase, file: ConformanceFile, meaning: Meaning, target: Target): Promise<Finding> {
  if ('call' in each) return makeCall(each, file, meaning, target)
  if ('steps' in each) return playTranscript(each, target)
  if ('cut' in each) return cutFrame(each, target)
  return 'alike' in each ? askAlike(each, target) : lookHidden(each, target)
}

/**
 * Runs the conformance cases of a protocol's folder against one implementation, one after another.
 *
 * @param folder  checked before; its faults are not looked at
 * @param onCase  told of each result as it comes
 * @returns       what failed, by requirement of the SPEC; never rejects for what a target does
 */
export async function conform(
  folder: Pick<CheckedFolder, 'conformance' | 'requirements' | 'protocol' | 'schema'>,
  target: Target,
  { onCase, signal }: { onCase?: (result: CaseResult) => void; signal?: AbortSignal } = {},
): Promise<ConformReport> {
  const cite = (id: string): Cited => ({ id, section: folder.requirements.find((each) => each.id === id)?.section ?? id })
  const results: CaseResult[] = []
  for (const file of folder.conformance.values())
    for (const each of file.cases) {
      signal?.throwIfAborted()
      const base = { name: each.name, must: each.must.map(cite) }
      const missing = lacks(each, target)
      const result: CaseResult =
        missing === undefined
          ? { ...base, ...outcomeOf(await finding(each, file, folder, target)) }
          : { ...base, outcome: 'not run', because: missing }
      results.push(result)
      onCase?.(result)
    }
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  const order = (id: string): number => folder.requirements.findIndex((each) => each.id === id)
  const broken = new Map(failed.flatMap(({ must }) => must).map((cited) => [cited.id, cited]))
  return {
    protocol: folder.protocol?.id ?? [...folder.conformance.values()][0]?.protocol ?? '',
    target: target.name,
    results,
    broken: [...broken.values()].sort((a, b) => order(a.id) - order(b.id)),
    passed: results.filter(({ outcome }) => outcome === 'passed').length,
    failed: failed.length,
    notRun: results.filter(({ outcome }) => outcome === 'not run').length,
  }
}

const outcomeOf = (because: Finding): Pick<CaseResult, 'outcome' | 'because'> =>
  because === undefined ? { outcome: 'passed' } : { outcome: 'failed', because }

/** A target that cannot be reached any more has failed the case, too: perhaps the case before ended it. */
async function finding(each: ConformanceCase, file: ConformanceFile, meaning: Meaning, target: Target): Promise<Finding> {
  try {
    return await run(each, file, meaning, target)
  } catch (error) {
    return isPorchlightError(error) ? `${error.code}: ${error.message}` : String(error)
  }
}

/** The report as text: what failed, by requirement, then the sums. */
export function conformText({ protocol, target, results, broken, passed, failed, notRun }: ConformReport): string {
  const lines = broken.flatMap(({ id, section }) => [
    `${id === section ? id : `${id} (${section})`}: broken`,
    ...results
      .filter(({ outcome, must }) => outcome === 'failed' && must.some((cited) => cited.id === id))
      .map(({ name, because }) => `  ${name}: ${because ?? ''}`),
  ])
  const skipped = results.filter(({ outcome }) => outcome === 'not run').map(({ name, because }) => `not run: ${name} (${because ?? ''})`)
  return [...lines, ...skipped, `${protocol} at ${target}: ${passed} passed, ${failed} failed, ${notRun} not run`].join('\n')
}
