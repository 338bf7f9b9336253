import type { Command } from '@commander-js/extra-typings'
import { parseProtocolId } from '@porchlight/core'
import type { BlockView, ContactView } from '@porchlight/node'
import { type Runner, command } from '../command-line.ts'
import { wellFormed } from '../flag-values.ts'
import { localTime, table } from '../table.ts'
import { agreed } from '../terminal.ts'

const whatText = (protocol: string | null): string => protocol ?? 'everything'

const blocksText = (blocks: readonly BlockView[]): string =>
  table(
    ['WHO', 'WHAT', 'SINCE'],
    blocks.map(({ petname, protocol, atMs }) => [petname, whatText(protocol), atMs === null ? 'said no four times' : localTime(atMs)]),
    'Nobody is blocked.',
  )

const protocolOf = ({ protocol }: { protocol?: string | undefined }) =>
  protocol === undefined ? undefined : wellFormed('--protocol', () => parseProtocolId(protocol))

export function addBlockCommands(program: Command, runner: Runner): void {
  command(program, 'block', 'keep a contact out, at once, and drop what it asks; it is not told')
    .argument('<contact>')
    .option('--protocol <id>', 'only under this protocol')
    .option('--yes', 'do not ask')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async ({ api, terminal }) => {
          const protocol = protocolOf(flags)
          const { household, petname } = await api.get<ContactView>(`/v1/contacts/${encodeURIComponent(ref)}`)
          const what = protocol ?? 'everything'
          if (!(await agreed(terminal, `Keep ${petname} out of ${what}?`, { yes: 'Block', no: 'Not now' }, flags)))
            return { data: null, text: 'Nothing changed.', exitCode: 77 }
          const data = await api.post<BlockView>('/v1/blocks', { contact: household, protocol })
          return {
            data,
            text: `Blocked: ${petname}, ${whatText(data.protocol)}. That is on disk. What was agreed stays in the list and admits nothing.\nUndo: porchlight unblock ${petname}${data.protocol === null ? '' : ` --protocol ${data.protocol}`}`,
          }
        }),
    )

  command(program, 'unblock', 'let a contact in again, to what is still in force, and let it ask')
    .argument('<contact>')
    .option('--protocol <id>', 'the block of this protocol')
    .action(
      async (ref, flags) =>
        await runner.run(flags, async ({ api }) => {
          const protocol = protocolOf(flags)
          const query = protocol === undefined ? '' : `?protocol=${encodeURIComponent(protocol)}`
          const data = await api.delete<{ unblocked: true }>(`/v1/blocks/${encodeURIComponent(ref)}${query}`)
          return { data, text: `Not blocked any more: ${ref}. What is still in force counts again: porchlight grants` }
        }),
    )

  command(program, 'blocks', 'who is blocked, and for what').action(
    async (flags) =>
      await runner.run(flags, async ({ api }) => {
        const { blocks: data } = await api.get<{ blocks: BlockView[] }>('/v1/blocks')
        return { data, text: blocksText(data) }
      }),
  )
}
