import { createHash } from 'node:crypto'
import type { ContactView, GrantView, SessionView, StatusView } from '@porchlight/node'
import { html, raw } from 'hono/html'
import { pathText } from '../services/path-text.ts'
import type { Service } from '../services/service-book.ts'
import { appsSection, type AppsOnPage } from './page-apps.ts'
import { haltsSection } from './page-halts.ts'

type Html = ReturnType<typeof html>

const style = `
:root { color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; color: CanvasText; background: Canvas; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid GrayText; vertical-align: top; }
button { font: inherit; padding: .3rem 1rem; min-height: 2.5rem; cursor: pointer; }
summary { cursor: pointer; padding: .3rem 0; }
button:focus-visible, a:focus-visible, summary:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
code { overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid GrayText; padding-left: 1rem; }
`
/** For the content security policy: this style and no other. */
export const pageStyleHash = createHash('sha256').update(style).digest('base64')

// `html` escapes every value; `raw` is for our own text alone.
function page(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`
}

/** For whoever is not let in: how to get in, and nothing about the household. */
export function doorPage(because: string, command: string): Html {
  return page(
    'Porchlight',
    html`<h1>Porchlight</h1>
      <p>${because}</p>
      <p>On the computer that runs Porchlight, type <code>${command}</code>. It prints a link that works once.</p>`,
  )
}

const when = (ms: number) =>
  html`<time datetime="${new Date(ms).toISOString()}"
    >${new Date(ms).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}</time
  >`
const roomOf = ({ protocol, location }: { protocol: string; location: string }) => (location === '' ? protocol : location)

function table(heads: readonly string[], rows: readonly Html[], empty: string): Html {
  if (rows.length === 0) return html`<p>${empty}</p>`
  return html`<table>
    <thead>
      <tr>
        ${heads.map((head) => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`
}

function stopButton(field: 'session' | 'grant', id: string, label: string, formToken: string): Html {
  return html`<form method="post" action="/stop">
    <input type="hidden" name="form" value="${formToken}" /><input type="hidden" name="${field}" value="${id}" /><button
      aria-label="${label}"
    >
      Stop
    </button>
  </form>`
}

export interface HouseholdPage {
  readonly status: StatusView
  readonly contacts: readonly ContactView[]
  readonly services: readonly { readonly service: Service; readonly grants: readonly GrantView[] }[]
  readonly grants: readonly GrantView[]
  readonly sessions: readonly SessionView[]
  readonly waiting: number
  readonly apps: AppsOnPage
  readonly formToken: string
}

/** The household at a glance. Complete without script, by keyboard and in either colour scheme. */
export function householdPage({ status, contacts, services, grants, sessions, waiting, apps, formToken }: HouseholdPage): Html {
  const sessionRows = sessions.map(
    (each) =>
      html`<tr>
        <th scope="row">${each.petname}</th>
        <td>${roomOf(each)}</td>
        <td>${when(each.sinceMs)}</td>
        <td>${each.path ? pathText(each.path) : 'not connected'}</td>
        <td>${stopButton('session', each.id, `Stop ${each.petname} in ${roomOf(each)}`, formToken)}</td>
      </tr>`,
  )
  const grantRows = grants.map(
    (each) =>
      html`<tr>
        <th scope="row">${each.petname}</th>
        <td>${roomOf(each)}</td>
        <td>${each.direction}</td>
        <td>${each.scopes.join(', ')}</td>
        <td>${when(each.expMs)}</td>
        <td>${each.state}</td>
        <td>
          ${stopButton('grant', each.id, `Stop ${roomOf(each)} ${each.direction === 'given' ? 'for' : 'from'} ${each.petname}`, formToken)}
        </td>
      </tr>`,
  )
  const serviceRows = services.map(
    ({ service, grants: given }) =>
      html`<tr>
        <th scope="row">${service.name}</th>
        <td><code>${service.target}</code></td>
        <td>${given.map(({ petname }) => petname).join(', ') || 'nobody'}</td>
      </tr>`,
  )
  const contactRows = contacts.map(
    (each) =>
      html`<tr>
        <th scope="row">${each.petname}</th>
        <td>${each.selfChosenName}</td>
        <td>${each.path ? `reachable, ${pathText(each.path)}` : 'not reachable'}</td>
        <td>${each.level === 'compared' ? 'words compared' : each.level}</td>
      </tr>`,
  )
  const notes = [
    ...status.alarms,
    ...(status.recoveryWordsPending ? ['The recovery words wait to be written down: porchlight words'] : []),
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'question waits' : 'questions wait'} for an answer: porchlight asks`] : []),
  ]
  return page(
    `${status.name} – Porchlight`,
    html`<h1>${status.name}</h1>
      <p>Runs since ${when(status.startedMs)}. Household <code>${status.household}</code></p>
      ${notes.map((note) => html`<p role="status"><strong>${note}</strong></p>`)} ${haltsSection(status.halts, formToken)}
      <h2>Who is in</h2>
      ${table(['Who', 'Where', 'Since', 'How', 'Stop'], sessionRows, 'Nobody.')}
      <h2>What is agreed</h2>
      ${table(['Who', 'What', 'Given or received', 'May', 'Until', 'State', 'Stop'], grantRows, 'Nothing.')}
      <h2>Services</h2>
      ${table(['Name', 'App', 'Shared with'], serviceRows, 'Nothing is shared.')} ${appsSection(apps, formToken)}
      <h2>Contacts</h2>
      ${table(['Name', 'Calls itself', 'Now', 'Verified'], contactRows, 'Nobody yet: porchlight invite')}`,
  )
}
