import type { StatusView } from '@porchlight/node'
import { html } from 'hono/html'

type Html = ReturnType<typeof html>

const halted: Readonly<Record<StatusView['halts'][number], string>> = {
  paused: 'Everything is stopped on all devices of this household: nobody gets in.',
  locked: 'The household is locked: nobody gets in. To unlock it: porchlight unlock',
  rollback: 'This record is an old one: nobody gets in before you have confirmed what is agreed. See porchlight doctor',
  clock: 'The clock of this computer went back: nobody gets in until it is right. If it is: porchlight resume --clock-is-right',
}

const pressed = (action: 'panic' | 'resume', label: string, formToken: string): Html =>
  html`<form method="post" action="/${action}"><input type="hidden" name="form" value="${formToken}" /><button>${label}</button></form>`

/**
 * What holds the household, and the two buttons that `porchlight panic` and `porchlight resume` are. Panic is behind a second press, for the
 * page has no script to ask with; going on is behind none, as it can be undone by one press of the other.
 */
export function haltsSection(halts: StatusView['halts'], formToken: string): Html {
  const notes = halts.map((cause) => html`<p role="status"><strong>${halted[cause]}</strong></p>`)
  const panic = html`<details>
    <summary>Stop everything…</summary>
    <p>
      Everybody who is in is cut off at once, and nobody gets in, on all devices of this household, until you say so. What is agreed stays.
    </p>
    ${pressed('panic', 'Stop everything now', formToken)}
  </details>`
  return html`${notes} ${halts.includes('paused') ? (halts.includes('locked') ? '' : pressed('resume', 'Go on again', formToken)) : panic}`
}
