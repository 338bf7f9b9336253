import type { Command } from '@commander-js/extra-typings'
import { parseProtocolId } from '@porchlight/core'
import type { CardView, GrantView } from '@porchlight/node'
import { type Runner, command } from '../command-line.ts'
import { wellFormed } from '../flag-values.ts'
import { limitsOfFlags } from '../limit-flags.ts'
import { localTime } from '../table.ts'
import { agreed } from '../terminal.ts'
import { parseFresh, parseUntil } from '../until.ts'
import { room } from './consent.ts'

/** What `share` is for a web page, for the protocol of an app. */
export function addOfferCommand(program: Command, runner: Runner): void {
  command(program, 'offer', 'let a contact use what an app of yours serves by a protocol of its own')
    .argument('<contact>')
    .argument('<protocol>', 'such as /example/list/1; porchlight apps lists those that are served')
    .option('--room <name>', 'the room inside it, as the app calls it', 'main')
    .option('--also <scope...>', 'something optional of that protocol too')
    .option('--until <when>', '30d, 12h, or a day such as 2026-12-22; at most 400d', '30d')
    .option('--limit <amount>', 'at most so much in all, both ways, such as 2GB')
    .option('--per-day <amount>', 'at most so much a day (UTC), such as 200MB')
    .option('--per-minute <number>', 'at most so many calls a minute')
    .option('--streams <number>', 'at most so many calls at the same time')
    .option('--window <hours>', 'only then, such as "mon-fri 08:00-18:00 Europe/Berlin"')
    .option(
      '--fresh <time>',
      'how long another device of this household serves it without hearing of this one, such as 7d (the default) or never',
    )
    .option('--yes', 'the card was read: do not ask')
    .action(
      async (contact, protocol, flags) =>
        await runner.run(flags, async ({ api, terminal }) => {
          const input = {
            to: contact,
            protocol: wellFormed('<protocol>', () => parseProtocolId(protocol)),
            location: flags.room,
            also: flags.also,
            untilMs: parseUntil(flags.until, terminal.nowMs()),
            limits: limitsOfFlags(flags),
            ...(flags.fresh === undefined ? {} : { freshMs: parseFresh(flags.fresh) }),
          }
          const { card } = await api.post<{ card: CardView }>('/v1/offers/preview', input)
          terminal.say(`${card.text.trimEnd()}\n\n`)
          if (!(await agreed(terminal, `Allow this for ${contact}?`, { yes: 'Allow', no: 'Say no' }, flags)))
            return { data: null, text: 'Nothing is offered.', exitCode: 77 }
          const data = await api.post<GrantView>('/v1/offers', { ...input, shown: card.hash })
          const text = `${data.petname} may use ${room(data)} until ${localTime(data.expMs)}, once they accept.\nStop it any time: porchlight revoke ${data.id.slice(0, 12)}`
          return { data, text }
        }),
    )
}
