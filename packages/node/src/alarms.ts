import type { ConsentEvent } from '@porchlight/consent'
import { alarmText } from './alarm-text.ts'

type Followed = Extract<ConsentEvent, { type: 'alarm' | 'halts' }>

/** What a person has to look at now: one text for each thing, newest last. */
export class Alarms {
  readonly #texts = new Map<string, string>()
  readonly #told: (text: string) => void

  /** @param told  hears of every text that is new */
  constructor(told: (text: string) => void) {
    this.#told = told
  }

  list(): string[] {
    return [...this.#texts.values()]
  }

  /** @param text  undefined takes it away */
  set(name: string, text: string | undefined): void {
    if (this.#texts.get(name) === text && text !== undefined) return
    this.#texts.delete(name)
    if (text === undefined) return
    this.#texts.set(name, text)
    this.#told(text)
  }

  /** Follows the consent engine: what holds everything takes its alarm along when it goes. */
  follow(event: Followed): void {
    if (event.type === 'alarm') return this.set(event.what, alarmText(event))
    if (!event.causes.includes('clock')) this.set('clock-behind', undefined)
    if (!event.causes.includes('rollback')) for (const what of ['record-behind', 'record-changed']) this.set(what, undefined)
  }
}
