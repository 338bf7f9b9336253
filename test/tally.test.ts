import { expect, test } from 'vitest'
import { tally } from '../scripts/tally.mjs'

const report = (numPassedTests: number, numFailedTests: number, numPendingTests = 0) => ({
  numPassedTests,
  numFailedTests,
  numPendingTests,
  numTodoTests: 0,
})

test.each([
  ['all passed', report(3, 0), 0, true, { passed: 3, failed: 0 }],
  ['one failed', report(3, 1), 1, true, { passed: 3, failed: 1 }],
  ['no report', undefined, 0, true, { passed: 0, failed: 1 }],
  ['no tests', report(0, 0), 0, false, { passed: 0, failed: 1 }],
  ['a file that did not load beside tests that passed', report(3, 0), 1, true, { passed: 3, failed: 1 }],
  ['ended from outside after it reported', report(3, 0), 1, false, { passed: 3, failed: 1 }],
  ['skipped where everything must run', report(3, 0, 2), 0, true, { passed: 3, failed: 2 }],
  ['skipped among unit tests', report(3, 0, 2), 0, false, { passed: 3, failed: 0 }],
])('%s', (_what, counted, status, mustRun, expected) => {
  expect(tally(counted, status, mustRun)).toEqual(expected)
})
