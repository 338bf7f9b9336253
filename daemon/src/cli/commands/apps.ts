import { resolve } from 'node:path'
import type { Command } from '@commander-js/extra-typings'
import { parseProtocolId, PorchlightError } from '@porchlight/core'
import { withoutQuotes } from '@porchlight/consent'
import type { AppProtocol } from '../../apps/app.ts'
import type { AppRequestView } from '../../apps/app-requests.ts'
import { type CommandContext, type Runner, command } from '../command-line.ts'
import { wellFormed } from '../flag-values.ts'
import { showInBrowser } from '../show-in-browser.ts'
import { localTime, shortIds, table } from '../table.ts'
import { agreed } from '../terminal.ts'

interface AppView {
  readonly name: string
  readonly protocols: readonly AppProtocol[]
  readonly createdMs: number
  readonly page?: { readonly address: string; readonly folder: string }
}

const may = (protocols: readonly AppProtocol[]): string =>
  protocols.map(({ id, call, serve }) => `${[...(call ? ['call'] : []), ...(serve ? ['serve'] : [])].join(' and ')} ${id}`).join(', ')

function appsText(apps: readonly AppView[], requests: readonly AppRequestView[]): string {
  const rows = apps.map((each) => [each.name, may(each.protocols), localTime(each.createdMs), each.page?.folder ?? ''])
  const list = table(['NAME', 'MAY', 'SINCE', 'PAGE'], rows, 'No app. To make one: porchlight apps add NAME --call ID --serve ID')
  if (requests.length === 0) return list
  const short = shortIds(requests.map(({ id }) => id))
  // What a program calls itself stands in quotes: nobody checked who it is.
  const asking = requests.map((each) => [short(each.id), `"${withoutQuotes(each.name)}"`, may(each.protocols), localTime(each.atMs)])
  return [
    list,
    '',
    'Programs that ask to be apps; their names are their own words. porchlight apps allow ID or apps deny ID',
    table(['ID', 'CALLS ITSELF', 'WANTS TO', 'SINCE'], asking, ''),
  ].join('\n')
}

async function requestById({ api }: CommandContext, ref: string): Promise<AppRequestView> {
  const { requests } = await api.get<{ requests: AppRequestView[] }>('/v1/apps/requests')
  const found = requests.filter(({ id }) => id === ref || (ref.length >= 6 && id.startsWith(ref)))
  if (found.length === 1) return found[0]!
  throw new PorchlightError('BAD_REQUEST', `no program that asks to be an app is called ${JSON.stringify(ref)}: porchlight apps`, {
    reason: 'unknown-request',
  })
}

export function addAppCommands(program: Command, runner: Runner): void {
  const list = async (flags: { home?: string | undefined; json?: true | undefined }): Promise<void> =>
    await runner.run(flags, async ({ api }) => {
      const { apps } = await api.get<{ apps: AppView[] }>('/v1/apps')
      const { requests } = await api.get<{ requests: AppRequestView[] }>('/v1/apps/requests')
      return { data: { apps, requests }, text: appsText(apps, requests) }
    })
  const apps = command(program, 'apps', 'programs that use this household with a token of their own').action(list)
  command(apps, 'list', 'the apps, and the programs that ask to be one').action((flags) => list({ ...apps.opts(), ...flags }))

  command(apps, 'add', 'make an app and print its token, once')
    .argument('<name>')
    .option('--call <protocol...>', 'may call contacts that let this household use the protocol, such as /example/greeting/1')
    .option('--serve <protocol...>', 'may answer contacts that you let use the protocol; no other app can meanwhile')
    .option('--page <dir>', 'serve the files of this folder as a page of the app: whatever runs in it may do what the app may')
    .action(
      async (name, flags) =>
        await runner.run({ ...apps.opts(), ...flags }, async ({ api, terminal }) => {
          const ids = (flag: string, texts: readonly string[] = []): string[] =>
            texts.map((text) => wellFormed(flag, () => parseProtocolId(text)))
          const [call, serve] = [ids('--call', flags.call), ids('--serve', flags.serve)]
          const protocols = [...new Set([...call, ...serve])].map((id) => ({ id, call: call.includes(id), serve: serve.includes(id) }))
          if (protocols.length === 0)
            throw new PorchlightError('BAD_REQUEST', 'say what it may do: --call /example/greeting/1, or --serve', { reason: 'usage' })
          const page = flags.page === undefined ? {} : { page: resolve(flags.page) }
          const data = await api.post<{ app: AppView; token: string }>('/v1/apps', { name, protocols, ...page })
          if (data.app.page) terminal.say(`Its page: porchlight apps open "${data.app.name}"\n`)
          terminal.say(`${data.app.name} may ${may(data.app.protocols)}. Its token, which nobody can read again:\n`)
          return { data, text: data.token }
        }),
    )

  command(apps, 'open', 'a link to the page of an app, good for one browser, once')
    .argument('<name>')
    .option('--print', 'print the link only, open no browser')
    .action(
      async (name, flags) =>
        await runner.run({ ...apps.opts(), ...flags }, async ({ api, terminal }) => {
          const data = await api.post<{ url: string }>(`/v1/apps/${encodeURIComponent(name)}/open`)
          if (terminal.isInteractive && flags.print !== true && flags.json !== true) showInBrowser(data.url)
          return { data, text: data.url }
        }),
    )

  command(apps, 'allow', 'let a program that asks be an app, after its card')
    .argument('<id>')
    .option('--yes', 'the card was read: do not ask')
    .action(
      async (ref, flags) =>
        await runner.run({ ...apps.opts(), ...flags }, async (context) => {
          const { api, terminal } = context
          const { id, card } = await requestById(context, ref)
          terminal.say(`${card.text.trimEnd()}\n\n`)
          if (!(await agreed(terminal, 'Allow this?', { yes: 'Allow', no: 'Not now' }, flags)))
            return { data: null, text: 'Nothing changed. To say no: porchlight apps deny', exitCode: 77 }
          const data = await api.post<AppView>(`/v1/apps/requests/${id}/approve`, { shown: card.hash })
          return {
            data,
            text: `${data.name} is an app now, and fetches its token itself. To end it: porchlight apps revoke "${data.name}"`,
          }
        }),
    )

  command(apps, 'deny', 'say no to a program that asks to be an app')
    .argument('<id>')
    .action(
      async (ref, flags) =>
        await runner.run({ ...apps.opts(), ...flags }, async (context) => {
          const { id } = await requestById(context, ref)
          const data = await context.api.post(`/v1/apps/requests/${id}/deny`)
          return { data, text: 'Denied. It is told so.' }
        }),
    )

  command(apps, 'revoke', 'end an app: its token, what it has open, what it serves')
    .argument('<name>')
    .action(
      async (name, flags) =>
        await runner.run({ ...apps.opts(), ...flags }, async ({ api }) => {
          const data = await api.delete(`/v1/apps/${encodeURIComponent(name)}`)
          return { data, text: `${name} is no app any more. What contacts may use stays agreed, and answers nobody: porchlight grants` }
        }),
    )
}
