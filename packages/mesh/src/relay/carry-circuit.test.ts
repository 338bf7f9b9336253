import { limits, PorchlightError } from '@porchlight/core'
import { memoryByteStreams } from '@porchlight/wire'
import { describe, expect, test } from 'vitest'
import { lease } from '../testing/relayed.ts'
import { carryCircuit } from './carry-circuit.ts'
import { MessageStream } from './message-stream.ts'

const nothing = (): void => {}

function circuit(with_ = lease()) {
  const [home, reserved] = memoryByteStreams()
  const [caller, hop] = memoryByteStreams()
  let carried = 0
  const over = carryCircuit({
    reserved: new MessageStream(reserved),
    caller: new MessageStream(hop),
    lease: with_,
    carried: (bytes) => (carried += bytes),
  })
  return { home, caller, over, carriedBytes: () => carried }
}

describe('a circuit', () => {
  test('passes bytes and ends both ways, and is over when both have ended', async () => {
    const { home, caller, over, carriedBytes } = circuit()
    await caller.write(Uint8Array.of(1, 2))
    await caller.closeWrite()
    expect(Array.from((await home.read())!.slice())).toEqual([1, 2])
    expect(await home.read()).toBeUndefined()
    await home.write(Uint8Array.of(3))
    await home.closeWrite()
    expect(Array.from((await caller.read())!.slice())).toEqual([3])
    expect(await caller.read()).toBeUndefined()
    await over
    expect(carriedBytes()).toBe(3)
  })

  test('makes the writer wait for a reader who takes nothing', async () => {
    const { caller, over, home } = circuit()
    let written = 0
    const writing = (async () => {
      for (;;) {
        await caller.write(new Uint8Array(64 * 1024))
        written += 64 * 1024
      }
    })().catch(nothing)
    let before = -1
    while (before !== written) {
      before = written
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(written).toBeLessThanOrEqual(3 * limits.writeBufferBytes)
    home.abort(new Error('enough'))
    await Promise.all([over, writing])
  })

  test('ends on both sides in the tick in which its lease ends, and passes nothing more', async () => {
    const ending = new AbortController()
    const { home, caller, over } = circuit(lease({ signal: ending.signal }))
    await caller.write(Uint8Array.of(1))
    await home.read()
    ending.abort(new PorchlightError('GRANT_ENDED', 'revoked'))
    expect([home.signal.aborted, caller.signal.aborted]).toEqual([true, true])
    await over
    await expect(home.read()).rejects.toMatchObject({ code: 'CLOSED' })
  })

  test('under a lease that is over already carries nothing', async () => {
    const { home, caller, over } = circuit(lease({ signal: AbortSignal.abort(new PorchlightError('GRANT_ENDED', 'revoked')) }))
    await over
    expect([home.signal.aborted, caller.signal.aborted]).toEqual([true, true])
  })

  test('charges before it passes on, and a charge that is refused ends it with nothing passed', async () => {
    const charged: [number, number][] = []
    const refusing = lease({
      charge: (sent, received) => {
        charged.push([sent, received])
        return received > 0 ? undefined : Promise.reject(new PorchlightError('GRANT_ENDED', 'used up'))
      },
    })
    const { home, caller, over } = circuit(refusing)
    await home.write(Uint8Array.of(1, 2, 3))
    expect(Array.from((await caller.read())!.slice())).toEqual([1, 2, 3])
    await caller.write(Uint8Array.of(4))
    await over
    await expect(home.read()).rejects.toMatchObject({ code: 'CLOSED' })
    expect(charged).toEqual([
      [0, 3],
      [1, 0],
    ])
  })

  test('whose one end breaks off is broken off at the other', async () => {
    const { home, caller, over } = circuit()
    home.abort(new Error('gone'))
    await over
    expect(caller.signal.aborted).toBe(true)
  })
})
