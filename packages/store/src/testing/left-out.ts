/**
 * Whether a test is left out because what it needs is not on this machine: said aloud where a person works, and never in CI.
 *
 * @param what  what it needs, and where it comes from
 * @throws      in CI, where a test that is left out looks like one that passed
 */
export function leftOut(isHere: boolean, what: string): boolean {
  if (isHere) return false
  if (process.env['CI'] !== undefined) throw new Error(`CANNOT RUN here: missing ${what}`)
  console.warn(`LEFT OUT, because this machine does not have it: ${what}`)
  return true
}
