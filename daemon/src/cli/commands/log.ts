import { closeSync, openSync, writeFileSync } from 'node:fs'
import type { Command } from '@commander-js/extra-typings'
import { limits, PorchlightError } from '@porchlight/core'
import type { CheckpointView, EntryProofView, LogEntryView, LogVerification } from '@porchlight/node'
import type { ApiClient } from '../api-client.ts'
import { type Runner, command } from '../command-line.ts'
import { parseDate, parseNumber } from '../flag-values.ts'
import { localTime } from '../table.ts'

/** Every entry, oldest first, a page at a time. */
async function* entriesOf(api: ApiClient): AsyncGenerator<LogEntryView> {
  let after: number | null | undefined
  while (after !== null) {
    const query: string = after === undefined ? '' : `&after=${after}`
    const page: { entries: LogEntryView[]; next: number | null } = await api.get(`/v1/log?limit=${limits.logPageEntries}${query}`)
    yield* page.entries
    after = page.next
  }
}

const lineOf = ({ atMs, text, kind }: LogEntryView) => `${localTime(atMs)}  ${text ?? `(${kind}; its text was erased)`}`

/** Writes all entries as JSON lines to a new file that others cannot read; never over an existing one. */
async function exportTo(file: string, api: ApiClient): Promise<number> {
  let descriptor: number
  try {
    descriptor = openSync(file, 'wx', 0o600)
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', `${file} cannot be made (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`, {
      reason: 'export',
      cause,
    })
  }
  let count = 0
  try {
    for await (const entry of entriesOf(api)) {
      writeFileSync(descriptor, `${JSON.stringify(entry)}\n`)
      count++
    }
  } finally {
    closeSync(descriptor)
  }
  return count
}

export function addLogCommands(program: Command, runner: Runner): void {
  const log = command(program, 'log', "the household's own record")
  log
    .option('--verify', 'check its chain from the first entry')
    .option('--export <file>', 'write it as JSON lines to a new file, or - for stdout')
    .action(
      async (flags) =>
        await runner.run(flags, async ({ api, terminal }) => {
          if (flags.verify) {
            const data = await api.get<LogVerification>('/v1/log/verify')
            return {
              data,
              text: data.ok ? `The record is whole: ${data.entries} entries.` : `The record is broken: ${data.fault ?? 'no reason given'}`,
              exitCode: data.ok ? 0 : 1,
            }
          }
          if (flags.export === '-') {
            for await (const entry of entriesOf(api)) terminal.out(`${JSON.stringify(entry)}\n`)
            return { data: null, text: '', isPrinted: true }
          }
          if (flags.export !== undefined) {
            const entries = await exportTo(flags.export, api)
            return { data: { file: flags.export, entries }, text: `Wrote ${entries} entries to ${flags.export}.` }
          }
          const data: LogEntryView[] = []
          for await (const entry of entriesOf(api)) data.push(entry)
          return { data, text: data.map(lineOf).join('\n') }
        }),
    )
  addRecordCommands(log, runner)
}

function addRecordCommands(log: Command, runner: Runner): void {
  command(log, 'checkpoint', 'sign where the record stands now; keep it elsewhere, and nobody can cut the end off unseen').action(
    async (flags) =>
      await runner.run({ ...log.opts(), ...flags }, async ({ api }) => {
        const data = await api.post<CheckpointView>('/v1/log/checkpoint')
        return { data, text: data.note.trimEnd() }
      }),
  )
  command(log, 'prove', 'prove that an entry is in the record, as JSON')
    .argument('<n>', 'number of the entry')
    .action(
      async (n, flags) =>
        await runner.run({ ...log.opts(), ...flags }, async ({ api }) => {
          const data = await api.get<EntryProofView>(`/v1/log/proof?n=${parseNumber(n, 'the number of an entry')}`)
          return { data, text: JSON.stringify(data, null, 2) }
        }),
    )
  command(log, 'erase', 'erase what the record says, before a date or about one contact; that it said something stays')
    .option('--before <date>', 'everything older than this day or time, as 2026-11-22')
    .option('--contact <name>', 'everything about this contact that has ended')
    .action(
      async (flags) =>
        await runner.run({ ...log.opts(), ...flags }, async ({ api }) => {
          const beforeMs = flags.before === undefined ? undefined : parseDate(flags.before, '--before')
          const data = await api.post<{ entries: number; objects: number }>('/v1/log/erase', {
            ...(beforeMs !== undefined && { beforeMs }),
            ...(flags.contact !== undefined && { contact: flags.contact }),
          })
          return {
            data,
            text: `Erased what ${data.entries} entries said, and ${data.objects} agreements and asks that had ended. What is in force stays, here and in copies: backups and exports keep what they have, and so does the other household. Other devices of this household erase the same agreements when they hear of it.`,
          }
        }),
    )
}
