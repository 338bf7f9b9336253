import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scenarios, type Caller, type Script } from './script.ts'

/** One way to serve, with every way to call it. */
export interface Form extends AsyncDisposable {
  readonly callers: Readonly<Record<string, Caller>>
  /** Lets the caller use a room. @returns what takes it back */
  grant(location: string): Promise<() => Promise<void>>
}

/** What a caller may be told of a grant that ended in the middle: gate R19. */
const stopped = expect.stringMatching(/^(DENIED|CLOSED)$/) as string
/** Our own household knows that it holds no grant, so nothing is sent. */
const refused = 'CONSENT_REQUIRED'
/** No call of these takes longer, but for the one that has a deadline. */
const patienceMs = 30_000

/**
 * Runs every scenario over one way to serve and each way to call it: same results, same errors.
 *
 * @param callers  names of the ways to call that the form has; `curl` makes calls with one answer only
 */
export function checkParity(serving: string, callers: readonly string[], start: () => Promise<Form>): void {
  describe(`served by ${serving}`, () => {
    let form: Form
    beforeAll(async () => {
      form = await start()
      await form.grant('room')
    }, 120_000)
    afterAll(() => form?.[Symbol.asyncDispose]())

    describe.each(callers)('called by %s', (name) => {
      const canGoOn = name !== 'curl'
      const runs = ({ kind }: Pick<Script, 'kind'>): boolean => canGoOn || kind === 'query' || kind === 'procedure'
      const call = (script: Omit<Script, 'location'> & { location?: string }, heard = (): void => {}): Promise<string[]> =>
        form.callers[name]!({ location: 'room', ...script }, heard)

      test.each(scenarios.filter(([, script]) => runs(script)))(
        '%s',
        async (_title, script, wanted) => {
          expect(await call(script)).toEqual(wanted)
        },
        patienceMs,
      )

      test('a room that nobody gave is refused', async () => {
        expect(await call({ kind: 'query', method: 'greet', payload: 'Ana', location: 'attic' })).toEqual([refused])
        if (canGoOn) expect(await call({ kind: 'subscription', method: 'count', payload: '3', location: 'attic' })).toEqual([refused])
      })

      test(
        'a revocation ends every call in its middle, and the next one is refused',
        async () => {
          const location = `until-revoked-${name}`
          const revoke = await form.grant(location)
          const [firstOfCount, firstOfTalk] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
          const running = [
            call({ kind: 'query', method: 'greet', payload: 'slow', location }),
            ...(canGoOn
              ? [
                  call({ kind: 'subscription', method: 'count', payload: 'forever', location }, firstOfCount.resolve),
                  call({ kind: 'stream', method: 'talk', payload: 'hi', location }, firstOfTalk.resolve),
                ]
              : []),
          ]
          if (canGoOn) await Promise.all([firstOfCount.promise, firstOfTalk.promise])
          // The one without a first message has arrived by then, or is refused: either way it must end so.
          else await new Promise((wake) => setTimeout(wake, 1000))
          await revoke()
          for (const all of await Promise.all(running)) expect(all.at(-1)).toEqual(stopped)
          // Until the word of it has arrived only the other side knows; from then on nothing is sent.
          for (let next = ['DENIED']; next[0] !== refused; next = await call({ kind: 'query', method: 'greet', payload: 'Ana', location }))
            expect(next).toEqual(['DENIED'])
        },
        patienceMs,
      )
    })
  })
}
