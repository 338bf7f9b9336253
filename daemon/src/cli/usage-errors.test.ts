import type { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { FakeHousehold } from '../testing/fake-household.ts'
import { Runner } from './command-line.ts'
import { makeProgram } from './run-cli.ts'
import { realTerminal } from './terminal.ts'

/** Placeholders of values that only the household, a text or the disk can know to be wrong. `<text>` is anything at all. */
const named = new Set([
  '<text>',
  '<contact>',
  '<petname>',
  '<name>',
  '<scope...>',
  '<device...>',
  '<file>',
  '<dir>',
  '<url>',
  '<tag>',
  '<target>',
  '<location>',
])
/** Placeholders of values whose form alone can be wrong. */
const formed = new Set([
  '<when>',
  '<time>',
  '<date>',
  '<hours>',
  '<amount>',
  '<number>',
  '<list>',
  '<id>',
  '<link>',
  '<protocol>',
  '<protocol...>',
])
/** Commands that only have commands: they show their help. */
const groups = new Set(['device', 'household', 'consent'])
/** Settings are settings wherever they come from: wrong ones end with 78. The completion is not of this program. */
const others = new Set(['start', 'init', 'complete', 'completion'])

interface Flag {
  readonly path: string[]
  readonly flag: string
  readonly placeholder: string
}
const flags: Flag[] = []
const required = new Map<string, string[]>()
const positions = new Map<string, string[]>()
function walk(command: Command, path: string[]): void {
  for (const each of command.commands) {
    if (path.length === 0 && others.has(each.name())) continue
    const here = [...path, each.name()]
    const id = here.join(' ')
    positions.set(
      id,
      each.registeredArguments.filter((one) => one.required).map((one) => one.name()),
    )
    required.set(
      id,
      each.options.filter((one) => one.mandatory).map((one) => one.long!),
    )
    for (const { long, required: takesValue, flags: text } of each.options)
      if (takesValue) flags.push({ path: here, flag: long!, placeholder: text.slice(text.indexOf('<')) })
    walk(each, here)
  }
}
walk(makeProgram(new Runner(realTerminal())) as unknown as Command, [])

const values: Readonly<Record<string, string>> = {
  '--until': '7d',
  '--for': '7d',
  '--as': 'photos',
  '--with': 'ana',
  '--why': 'so',
  '--documents': 'x',
  '--against': 'ana',
}

describe('a value on the command line', () => {
  let house: FakeHousehold
  beforeEach(async () => {
    house = await FakeHousehold.start()
  })
  afterEach(async () => await house[Symbol.asyncDispose]())

  const run = ({ path, flag }: Flag, value: string) => {
    const command = path.join(' ')
    const of = (name: string): string =>
      name === 'id'
        ? house.node.addAsk('photos').id
        : name === 'contact/name' && flag !== '--invite'
          ? 'ana/photos'
          : name === 'dir'
            ? '.'
            : 'ana'
    const rest = required.get(command)!.filter((long) => long !== flag)
    const line = [...path, ...positions.get(command)!.map(of), ...rest.flatMap((long) => [long, values[long]!])]
    // A protocol's name is an argument that may be left out, and its text has the languages.
    return house.cliWith({ confirms: false }, ...line, ...(command === 'protocol show' ? ['invite'] : []), `${flag}=${value}`)
  }
  const lastOf = (said: string): string => said.trim().split('\n').at(-1) ?? ''

  test('is of a kind that this test knows', () => {
    expect(flags.length).toBeGreaterThan(60)
    expect(flags.filter(({ placeholder }) => !named.has(placeholder) && !formed.has(placeholder))).toEqual([])
  })

  const formedFlags = flags.filter(({ placeholder }) => formed.has(placeholder))
  it.each(formedFlags.map((each) => [`${each.path.join(' ')} ${each.flag}`, each] as const))(
    'for %s, of a form that nothing can have, ends with 64 and a sentence',
    async (_, each) => {
      for (const value of ['bo gus;', '-1', '9'.repeat(30)]) {
        const { code, said } = await run(each, value)
        expect([value, code, lastOf(said)]).toEqual([value, 64, expect.stringMatching(/^porchlight: [^{}]{10,}$/)])
      }
    },
  )

  it('that is empty ends with 64 and names its flag, but where any text will do', async () => {
    for (const each of flags.filter(({ path, placeholder }) => placeholder !== '<text>' && !groups.has(path.join(' ')))) {
      const { code, said } = await run(each, '')
      const command = each.path.join(' ')
      expect([command, each.flag, code, lastOf(said)]).toEqual([command, each.flag, 64, expect.stringContaining(each.flag)])
    }
  })

  it.each<[string, string[]]>([
    ['a service name with a blank', ['share', 'http://127.0.0.1:1', '--as', 'bo gus', '--with', 'ana']],
    ['a file of words that is not there', ['device', 'invite', '--words-file', '/nowhere/words']],
    ['an entry that is no number', ['log', 'prove', 'x']],
    ['a contact and an app of which one is missing', ['ask', 'photos', '--why', 'so']],
    ['an option that there is not', ['grants', '--bogus']],
    ['a command that there is not', ['bogus']],
    ['an argument too many', ['lock', 'bogus']],
    ['an argument too few', ['revoke']],
  ])('that is %s ends with 64, as text and as JSON', async (_, line) => {
    const { code, said } = await house.cliWith({ confirms: false }, ...line)
    expect([code, said.trim().length > 20]).toEqual([64, true])
    const asJson = await house.cli(...line, '--json')
    expect([asJson.code, asJson.json().error.reason]).toEqual([64, 'usage'])
  })

  it('is named with the flag that it came by', async () => {
    expect((await house.cli('device', 'invite', '--expires', 'x')).said).toContain('--expires "x"')
    expect((await house.cli('device', 'invite', '--caps', 'serve,bogus')).said).toContain('"bogus" is none of serve, grant, revoke, govern')
    expect((await house.cli('log', 'erase', '--before', '2026-02-31x')).said).toContain('--before: "2026-02-31x"')
  })
})
