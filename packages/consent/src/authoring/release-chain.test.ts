import type { ManifestBody, ObjectId } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { idFor } from '../testing/made-facts.ts'
import { sampleManifest } from '../testing/sample-manifest.ts'
import { chainFaults, releasedFile } from './release-chain.ts'

const [one, two, three] = ['one', 'two', 'three'].map(idFor) as [ObjectId, ObjectId, ObjectId]
const released = (...revs: readonly (readonly [number, string])[]) => revs.map(([rev, id]) => ({ rev, id }))
const problems = (list: unknown) => releasedFile.safeParse(list).error?.issues.map(({ message }) => message) ?? []
const faults = (change: Partial<ManifestBody>, id: ObjectId, ...before: ObjectId[]) =>
  chainFaults(
    { ...sampleManifest, ...change },
    id,
    before.map((each, at) => ({ rev: at + 1, id: each })),
  )

describe('the list of released texts', () => {
  it('counts up from 1, by one, without a gap', () => {
    for (const list of [[], released([1, one]), released([1, one], [2, two], [3, three])]) expect(problems(list)).toEqual([])
    const wrong = 'the revs do not count up from 1'
    for (const list of [
      released([2, one]),
      released([1, one], [3, two]),
      released([1, one], [2, two], [2, three]),
      released([2, one], [1, two]),
      released([1, one], [1, two]),
    ])
      expect(problems(list), JSON.stringify(list)).toEqual([wrong])
  })

  it('names each text once, by its id, and says nothing else', () => {
    expect(problems(released([1, one], [2, two], [3, one]))).toEqual(['one text stands there twice'])
    for (const odd of [released([1, 'no id']), released([0, one]), [{ rev: 1, id: one, more: 1 }], [{ rev: 1.5, id: one }], {}])
      expect(problems(odd), JSON.stringify(odd)).not.toEqual([])
  })
})

describe('a text', () => {
  it('that is the last released one is as it should be, whatever it says of rev and prev', () => {
    expect(faults({ rev: 9, prev: three }, two, one, two)).toEqual([])
  })

  it('that is an earlier one is another text than the last', () => {
    expect(faults({ rev: 1, prev: null }, one, one, two).map(({ field }) => field)).toEqual(['rev', 'prev'])
  })

  it('that is new is one rev further and names the last', () => {
    expect(faults({ rev: 3, prev: two }, three, one, two)).toEqual([])
    const was = 'the text is not the one that was released as rev 2'
    expect(faults({ rev: 2, prev: one }, three, one, two)).toEqual([
      { field: 'rev', says: `This is rev 2, but ${was}: it has to be 3.` },
      { field: 'prev', says: `This follows ${one}, but ${was}: it has to be ${two}.` },
    ])
    expect(faults({ rev: 3, prev: null }, three, one, two)).toEqual([
      { field: 'prev', says: `This follows nothing, but ${was}: it has to be ${two}.` },
    ])
  })

  it('that is the first is rev 1 and follows nothing', () => {
    expect(faults({ rev: 1, prev: null }, one)).toEqual([])
    expect(faults({ rev: 2, prev: two }, one)).toEqual([
      { field: 'rev', says: 'This is rev 2, but nothing was released yet: it has to be 1.' },
      { field: 'prev', says: `This follows ${two}, but nothing was released yet: it has to be null.` },
    ])
  })
})
