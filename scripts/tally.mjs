/**
 * Sums one suite from vitest's JSON report. Whatever vitest could not count is one failure: a file that does not load, no tests at all, no report.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number } | undefined} report
 * @param {number} status  exit status of the run
 * @param {boolean} mustRun  a skipped test counts as failed: it did not show what it is there to show
 * @returns {{ passed: number, failed: number }}
 */
export function tally(report, status, mustRun) {
  if (report === undefined) return { passed: 0, failed: 1 }
  const skipped = report.numPendingTests + report.numTodoTests
  const failed = report.numFailedTests + (mustRun ? skipped : 0)
  const nothingRan = report.numPassedTests + failed === 0
  return { passed: report.numPassedTests, failed: status !== 0 || nothingRan ? Math.max(failed, 1) : failed }
}
