import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The order of test files against one change: those of the changed folder first, and of them those first that were quick last time.
 * The first test that fails ends the run, so a change that is noticed costs little.
 */
export class NearFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const near = process.env['PORCHLIGHT_MUTATE_NEAR']
    const isFar = (file: TestSpecification): number =>
      near && file.moduleId.slice(0, file.moduleId.lastIndexOf('/')).endsWith(near) ? 0 : 1
    const took = (file: TestSpecification): number => this.ctx.cache.getTestSpecificationResult(file)?.duration ?? 0
    return files.toSorted((a, b) => isFar(a) - isFar(b) || took(a) - took(b))
  }
}
