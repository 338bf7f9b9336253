// One shopping list in two homes: what was written while they could not reach each other is merged when they can.
// Run it: npm run example -- shopping-list
import { households } from '@porchlight/sdk/testing'
import * as Y from 'yjs'
import { share } from './shared-document.ts'

const { ana, ben } = households(['ana', 'ben'])
const [leave, docs] = [new AbortController(), [new Y.Doc(), new Y.Doc()] as const]
const [anas, bens] = [docs[0].getMap<number>('items'), docs[1].getMap<number>('items')]
const sharing = [share(ana, 'ben', docs[0], leave.signal), share(ben, 'ana', docs[1], leave.signal)]

const textOf = (items: Y.Map<number>): string =>
  [...items]
    .map(([item, count]) => `${count} ${item}`)
    .sort()
    .join(', ')
/** Waits until both lists read alike. */
async function both(): Promise<string> {
  while (textOf(anas) !== textOf(bens)) await new Promise((wake) => setTimeout(wake, 5))
  return `both: ${textOf(anas)}`
}

anas.set('milk', 1)
bens.set('bread', 2)
console.log(await both())

ben.goOffline()
anas.set('wine', 3)
bens.delete('milk')
bens.set('eggs', 6)
console.log(`ana: ${textOf(anas)}`)
console.log(`ben: ${textOf(bens)}`)

ben.goOnline()
console.log(await both())
leave.abort()
await Promise.allSettled(sharing)
