import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The order of test files against one change: those of the changed folder first, then those that were quick last time.
 * The first test that fails ends the run, so a change that is noticed costs little.
 */
export class NearFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const near = process.env['PORCHLIGHT_MUTATE_NEAR']
    const rank = (file: TestSpecification): number => {
      const folder = file.moduleId.slice(0, file.moduleId.lastIndexOf('/'))
      return near && folder.endsWith(near) ? -1 : (this.ctx.cache.getTestSpecificationResult(file)?.duration ?? 0)
    }
    return files.toSorted((a, b) => rank(a) - rank(b))
  }
}
