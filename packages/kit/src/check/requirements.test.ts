import { expect, it } from 'vitest'
import { namesOf, requirementsOf } from './requirements.ts'

const idsOf = (spec: string) => requirementsOf(spec).map(({ id }) => id)

it('a numbered requirement is its number, and reaches to the next bullet, number, blank line or heading', () => {
  expect(idsOf('## Flow\n- **R1** A device MUST\n  do this, and MUST NOT do that.\n- **R2** MAY.')).toEqual(['R1', 'R2'])
  expect(idsOf('## Flow\n**R1** MUST this. **R2** MUST that.')).toEqual(['R1', 'R2'])
  expect(idsOf('## Flow\n- **R1** MUST.\n\nIt MUST NOT.')).toEqual(['R1', 'flow'])
  expect(idsOf('## Flow\n- **R1** MUST.\n- It MUST.')).toEqual(['R1', 'flow'])
  expect(idsOf('## Flow\n- **R1** MUST.\n## Then\nIt MUST.')).toEqual(['R1', 'then'])
})

it('a MUST without a number is its section, once, whatever anchor the heading carries', () => {
  expect(idsOf('## A: one\nMUST.\nMUST.\n### <a id="b"></a>Be it\nMUST NOT.')).toEqual(['a-one', 'be-it'])
})

it('code, the explanation of RFC 2119, and MUSTARD are no requirements', () => {
  expect(idsOf('## A\n```\nMUST\n```\nThe words MUST, SHOULD and MAY are those of RFC 2119.\nMUSTARD')).toEqual([])
})

it('a case may name any heading and any number, and nothing else', () => {
  expect([...namesOf('# T\n## End codes\n- **R3** x')]).toEqual(['t', 'end-codes', 'R3'])
})

it('a heading that never closes a tag is read in no time', () => {
  const startedMs = performance.now()
  requirementsOf(`# ${'<'.repeat(200_000)}\nIt MUST.\n`)
  expect(performance.now() - startedMs).toBeLessThan(2000)
})
