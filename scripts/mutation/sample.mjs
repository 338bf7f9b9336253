// A random part of all changes, for a package whose every change would take a day: `npm run mutation -- consent --sample 12 --seed one`.
import { createHash } from 'node:crypto'

/**
 * Whether a change is in the sample. Each is drawn by itself, whatever else was changed, so the same seed draws the same ones again.
 *
 * @param {{ fileName: string, mutatorName: string, replacement: string, location: object }} mutant
 * @param {{ percent: number, seed: string }} of
 */
export function isDrawn({ fileName, mutatorName, replacement, location }, { percent, seed }) {
  const file = fileName.slice(fileName.lastIndexOf('/packages/'))
  const hash = createHash('sha256').update(JSON.stringify([seed, file, mutatorName, replacement, location]))
  return hash.digest().readUInt32BE() / 2 ** 32 < percent / 100
}

/** To stryker it is a checker: a change that does not pass is not tried, and counts neither way. */
class Sample {
  async init() {}

  async check(mutants) {
    const of = JSON.parse(process.env.PORCHLIGHT_MUTATE_SAMPLE)
    return Object.fromEntries(
      mutants.map((mutant) => [mutant.id, isDrawn(mutant, of) ? { status: 'passed' } : { status: 'compileError', reason: 'not drawn' }]),
    )
  }

  group(mutants) {
    return [mutants.map(({ id }) => id)]
  }
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', injectableClass: Sample }]
