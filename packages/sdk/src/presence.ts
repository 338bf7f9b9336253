import { PorchlightError } from '@porchlight/core'
import type { Backend } from './backend.ts'
import type { EventHub } from './event-hub.ts'
import { givenUp, orGivenUp } from './giving-up.ts'
import { pickContact } from './pick-contact.ts'
import type { Contact, Presence, Waiting } from './porchlight.ts'

/** After these, who is connected may have changed. */
const telling = new Set(['contact.connected', 'contact.disconnected', 'gap', 'daemon.found'])

/** Who is connected, from a household's list of contacts and what it tells. */
export function presenceOf(backend: Backend, hub: EventHub): Presence {
  const list = async (options: Waiting = {}): Promise<Contact[]> =>
    (await orGivenUp(backend.contacts(options), options.signal)).filter(({ connected }) => connected)

  async function* changes(events: ReturnType<EventHub['events']>, options: Waiting): AsyncGenerator<Contact> {
    let known = new Map<string, Contact>()
    try {
      for (;;) {
        const now = new Map((await list(options)).map((contact) => [contact.household as string, contact]))
        const [gone, come] = [[...known.values()].filter(({ household }) => !now.has(household)), [...now.values()]]
        const before = known
        known = now
        for (const contact of gone) yield { ...contact, connected: false, path: null }
        for (const contact of come) if (!before.has(contact.household)) yield contact
        for (;;) {
          const next = await events.next()
          if (next.done === true) return
          if (telling.has(next.value.type)) break
        }
      }
    } catch (error) {
      if (options.signal?.aborted !== true) throw error
    } finally {
      await events.return()
    }
  }

  return {
    list,
    watch: (options = {}) => changes(hub.events(options), options),
    until: async (ref, options = {}) => {
      const events = hub.events(options)
      try {
        for (;;) {
          const contact = pickContact(await orGivenUp(backend.contacts(options), options.signal), ref)
          if (contact.connected) return contact
          if ((await events.next()).done === true)
            throw options.signal?.aborted ? givenUp(options.signal) : new PorchlightError('CLOSED', 'the household was closed')
        }
      } finally {
        await events.return()
      }
    },
  }
}
