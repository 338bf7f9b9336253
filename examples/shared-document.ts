// A document (Yjs) that two homes keep: each follows the other's, from what it has, whenever they reach each other (used by shopping-list.ts).
import { bytes, defineProtocol, subscription, type Porchlight } from '@porchlight/sdk'
import * as Y from 'yjs'

export const list = defineProtocol({
  id: '/example/shopping-list/1',
  publisher: 'the examples of Porchlight',
  consent: {
    en: {
      title: 'A shared shopping list',
      what: '{contact} can follow this list and every change of it, and sees nothing else.',
      why: 'So that nobody buys milk twice.',
      who: '{contact} alone.',
      keep: '{contact} keeps a copy of the whole list, also of what is taken off it.',
      onward: 'Unknown.',
      risk: '{contact} learns what you buy, and when you write it down.',
      cannotUndo: 'What was copied stays with {contact}.',
      ifRefused: 'Nothing changes, and {contact} is not told.',
      withdraw: 'You can stop it any time; the copies stay as they are then.',
    },
  },
  scopes: { follow: { say: { en: 'Follow the list.' }, direction: 'they-read', required: true } },
  methods: { follow: subscription({ scope: 'follow', input: bytes, output: bytes }) },
})

/** Lets a contact follow a document, and follows theirs until the signal ends it. */
export async function share(home: Porchlight, contact: string, doc: Y.Doc, signal: AbortSignal): Promise<void> {
  await home.serve(list, {
    follow: async function* (known, call) {
      let wake = (): void => {}
      const onUpdate = (): void => wake()
      doc.on('update', onUpdate)
      call.signal.addEventListener('abort', onUpdate)
      // What a reader lacks is told apart anew each time, so one that is slow costs no memory.
      for (let sent = known; !call.signal.aborted;) {
        const changed = new Promise<void>((resolve) => (wake = resolve))
        const update = Y.encodeStateAsUpdate(doc, sent)
        sent = Y.encodeStateVector(doc)
        yield update
        await changed
      }
      doc.off('update', onUpdate)
    },
  })
  await (await home.ask({ to: contact, protocol: list, why: 'our list' })).granted()
  while (!signal.aborted) {
    await home.presence.until(contact, { signal })
    try {
      for await (const update of home.client(contact, list).follow(Y.encodeStateVector(doc), { signal })) Y.applyUpdate(doc, update)
    } catch {
      // Gone for now. When they are back we go on from what we have.
      await new Promise((wake) => setTimeout(wake, 50))
    }
  }
}
