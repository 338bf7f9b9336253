import { describe, expect, it } from 'vitest'
import { ana, askOf, ben, contact, grantOf, idFor, made, receipt, text } from '../testing/made-facts.ts'
import { learning, mergeOf, recordIn, stored } from '../testing/stored-facts.ts'
import { sampleManifest } from '../testing/sample-manifest.ts'

const id = idFor('text')
const kept = { id, body: sampleManifest, bytes: stored(text).bytes }
const put = { table: 'manifests', key: id, value: kept }
const other = made('manifest', 'other', { ...sampleManifest, proto: '/else/where/1' })

describe('the text of a protocol that a device hears of', () => {
  it('is in its lists, once', () => {
    expect(learning(mergeOf(), text)).toEqual([put])
    expect(learning(mergeOf(), text, askOf('a'), askOf('b')).filter(({ table }) => table === 'manifests')).toEqual([put])
    expect(learning(mergeOf({ tables: { manifests: [kept] } }), text)).toEqual([])
  })

  it('is not written twice by one transition, whatever else it writes', () => {
    const texts = { table: 'manifests', key: id, value: kept } as const
    expect(mergeOf().settle([texts], [stored(text)])).toEqual([])
    const unlike = [
      { ...texts, key: idFor('other') },
      { table: 'uses', key: id, value: null },
    ] as const
    expect(mergeOf().settle(unlike, [stored(text)])).toEqual([put])
  })

  it('comes back into them with an ask or agreement under it, when it went with the last one', () => {
    for (const under of [askOf('a'), grantOf('g'), grantOf('h', { iss: ben, aud: { household: ana } })])
      expect(learning(mergeOf({ facts: [text, other] }), under).filter(({ table }) => table === 'manifests')).toEqual([put])
    for (const about of [receipt('receipt'), contact('contact')]) expect(learning(mergeOf({ facts: [text] }), about)).toEqual([])
  })

  it('opens what came before it: asks and agreements of both sides', () => {
    const early = [askOf('a'), askOf('b', { iss: ana, to: ben }), grantOf('h', { iss: ben, aud: { household: ana } })]
    const waiting = mergeOf({ facts: early })
    expect(learning(mergeOf(), ...early)).toEqual([])
    const changes = learning(waiting, text)
    expect(changes[0]).toEqual(put)
    expect(recordIn(changes, 'asks', idFor('a'))?.state).toBe('PENDING')
    expect(recordIn(changes, 'ownAsks', idFor('b'))?.state).toBe('PENDING')
    expect(recordIn(changes, 'held', idFor('h'))?.state).toBe('OFFERED')
    expect(changes).toHaveLength(4)
  })
})
