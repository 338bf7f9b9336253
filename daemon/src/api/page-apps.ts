import { html } from 'hono/html'
import type { App } from '../apps/app.ts'
import type { AppRequestView } from '../apps/app-requests.ts'

type Html = ReturnType<typeof html>

export interface AppsOnPage {
  readonly apps: readonly App[]
  readonly requests: readonly AppRequestView[]
  /** Where the page of an app is, if it has one. */
  addressOf(app: App): string | undefined
}

const hidden = (fields: Readonly<Record<string, string>>): Html[] =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)

const may = ({ record }: App): Html =>
  html`${record.protocols.map(
    ({ id, call, serve }) => html`<div>${[...(call ? ['call'] : []), ...(serve ? ['serve'] : [])].join(' and ')} <code>${id}</code></div>`,
  )}`

/** No link: what this page leads to, another site to the browser, is not let in by it. */
const pageOf = (app: App, address: string | undefined): Html | string =>
  address === undefined ? '' : html`<div>has a page, <code>${address}</code>: <code>porchlight apps open "${app.name}"</code></div>`

/** A program that asks, with its whole card: what is pressed is about exactly this text. Both answers are one press away. */
const asking = ({ id, name, card }: AppRequestView, form: string): Html =>
  html`<section aria-label="A program asks to be an app">
    <pre>${card.text}</pre>
    <form method="post" action="/apps">
      ${hidden({ form, id, shown: card.hash })}
      <button name="answer" value="deny" aria-label="Say no to “${name}”">Say no</button>
      <button name="answer" value="allow" aria-label="Allow “${name}”">Allow</button>
    </form>
  </section>`

/** Which programs ask to be apps, and which are, with a Stop beside each. */
export function appsSection({ apps, requests, addressOf }: AppsOnPage, form: string): Html {
  const rows = apps.map(
    (app) =>
      html`<tr>
        <th scope="row">${app.name}</th>
        <td>${may(app)}${pageOf(app, addressOf(app))}</td>
        <td>
          <form method="post" action="/apps">
            ${hidden({ form, name: app.name })}
            <button name="answer" value="revoke" aria-label="Stop the app ${app.name}">Stop</button>
          </form>
        </td>
      </tr>`,
  )
  const list =
    rows.length === 0
      ? html`<p>None.</p>`
      : html`<table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">May</th>
              <th scope="col">Stop</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>`
  return html`<h2>Apps</h2>
    ${requests.map((each) => asking(each, form))} ${list}`
}
