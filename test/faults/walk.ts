import type { ObjectId } from '@porchlight/core'
import { offerTo } from '@porchlight/consent/testing'
import type { World } from './world.ts'

/** What a household was told about one grant or ask: that a step was begun, or that it is so. */
export type Told =
  | { readonly begun: ObjectId; readonly to: string }
  | { readonly so: ObjectId; readonly is: string }
  | { readonly failed: ObjectId }

/** A number from 0 to below `below`, the same for the same seed (mulberry32). */
export function dice(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A step that is acknowledged or fails, and what it then says of its grant or ask. */
async function step(tell: (told: Told) => void, id: ObjectId, to: string, act: () => Promise<unknown>): Promise<boolean> {
  tell({ begun: id, to })
  try {
    await act()
  } catch {
    tell({ failed: id })
    return false
  }
  tell({ so: id, is: to })
  return true
}

/** Ana gives, and the grant ends in one of its ways, or stays. */
async function giving({ ana, ben, time }: World, roll: (below: number) => number, tell: (told: Told) => void): Promise<void> {
  const { id } = await ana.consent.offer(offerTo(ben, time.nowMs(), `room-${roll(1e9)}`))
  tell({ so: id, is: 'SCHEDULED' })
  const carried = ana.consent.outbox(ben.household).find((entry) => entry.id === id)
  if (carried) await ben.consent.receiveGrant(carried.bytes, carried.manifest!, ana.household)
  const at = (to: string, act: () => Promise<unknown>): Promise<boolean> => step(tell, id, to, act)
  if (roll(4) === 0) return void (await at('REVOKED', () => ana.consent.revoke(id)))
  await ben.consent.accept(id)
  const receipt = ben.consent.outbox(ana.household).findLast(({ kind }) => kind === 'receipt')!
  if (!(await at('ACTIVE', () => ana.consent.receiveReceipt(receipt.bytes, ben.household)))) return
  if (roll(3) === 0 && (await at('SUSPENDED', () => ana.consent.suspend(id, 'unused'))) && roll(2) === 0)
    await at('ACTIVE', () => ana.consent.clear(id, 'unused'))
  const end = roll(5)
  if (end < 3) await at('REVOKED', () => ana.consent.revoke(id))
  if (end === 3) {
    await ben.consent.renounce(id)
    const renounce = ben.consent.outbox(ana.household).findLast(({ kind }) => kind === 'renounce')!
    await at('RENOUNCED', () => ana.consent.receiveRenounce(renounce.bytes, ben.household))
  }
}

/** Ben gives; Ana takes or declines, and perhaps it is taken back. */
async function taking({ ana, ben, time }: World, roll: (below: number) => number, tell: (told: Told) => void): Promise<void> {
  const { id } = await ben.consent.offer(offerTo(ana, time.nowMs(), `room-${roll(1e9)}`))
  const carried = ben.consent.outbox(ana.household).find((entry) => entry.id === id)!
  const at = (to: string, act: () => Promise<unknown>): Promise<boolean> => step(tell, id, to, act)
  if (!(await at('OFFERED', () => ana.consent.receiveGrant(carried.bytes, carried.manifest!, ben.household)))) return
  if (roll(4) === 0) return void (await at('DECLINED', () => ana.consent.decline(id)))
  if (!(await at('HELD', () => ana.consent.accept(id)))) return
  if (roll(2) === 0) return void (await at('RENOUNCED', () => ana.consent.renounce(id)))
  await ben.consent.revoke(id)
  const revoke = ben.consent.outbox(ana.household).findLast(({ kind }) => kind === 'revoke')!
  await at('REVOKED', () => ana.consent.receiveRevoke(revoke.bytes, ben.household))
}

/** Walks until told to stop. What fails is told, and the walk goes on; each round begins anew. */
export async function walk(world: World, seed: number, tell: (told: Told) => void, goesOn: () => boolean): Promise<void> {
  const roll = dice(seed)
  const lane = async (round: typeof giving): Promise<void> => {
    while (goesOn()) await round(world, roll, tell).catch(() => {})
  }
  await Promise.all([lane(giving), lane(giving), lane(taking)])
}

/** What somebody who listened knows: per grant or ask the last thing acknowledged, and what was begun after it. */
export class Heard {
  readonly so = new Map<string, { is: string; maybe: Set<string> }>()

  hear(told: Told): void {
    const id = 'begun' in told ? told.begun : 'so' in told ? told.so : told.failed
    const known = this.so.get(id) ?? { is: 'NONE', maybe: new Set() }
    this.so.set(id, known)
    // What failed may be on the disk all the same: nobody was told that it is not.
    if ('begun' in told) known.maybe.add(told.to)
    if ('so' in told) this.so.set(id, { is: told.is, maybe: new Set() })
  }

  /** @returns one sentence for each acknowledged fact that does not hold */
  lostIn({ ana }: World): string[] {
    const found = new Map<string, string>([...ana.consent.grants(), ...ana.consent.held()].map(({ id, state }) => [id, state]))
    return [...this.so].flatMap(([id, { is, maybe }]) => {
      const now = found.get(id) ?? 'NONE'
      return now === is || maybe.has(now) ? [] : [`${id} was ${is}, and is ${now}`]
    })
  }

  get facts(): number {
    return [...this.so.values()].filter(({ is }) => is !== 'NONE').length
  }
}
