import { renderCard, type Card } from '@porchlight/consent'
import type { ManifestBody } from '@porchlight/core'
import markdownIt from 'markdown-it'
import type { CheckedFolder } from '../check/check-folder.ts'
import { slugOf } from '../check/requirements.ts'

/** What stands for names in a card that is about nobody yet. */
const names = { contact: '{contact}', service: '{service}', owner: '{owner}' }

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (found) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[found]!)

/** Tags in the text stay text, and links go to the web, to mail, or into the page: nothing runs. */
function markdown(text: string): string {
  const parser = markdownIt({ html: false, linkify: false, typographer: false })
  const isAllowed = parser.validateLink
  parser.validateLink = (url) =>
    isAllowed(url) && (/^(https?:|mailto:|#)/i.test(url) || !/^[a-z][a-z0-9+.-]*:/i.test(url)) && !url.startsWith('//')
  // A page that is opened from a disk asks nobody for pictures.
  parser.disable('image')
  parser.renderer.rules['heading_open'] = (tokens, at, options, _environment, self) => {
    const inline = tokens[at + 1]?.content ?? ''
    tokens[at]!.attrSet('id', slugOf(inline))
    return self.renderToken(tokens, at, options)
  }
  return parser.render(text.replace(/<a id="[\w-]+"><\/a>/g, ''))
}

/** The card that a household reads, in one language, with the required scopes ticked; 30 days, as a screen would propose. */
function cardIn(manifest: ManifestBody, lang: string, expSec: number): Card {
  const scopes = manifest.scopes.filter(({ required }) => required).map(({ id }) => id)
  return renderCard({ manifest, lang, names, scopes, expSec, perspective: 'owner' })
}

const cardHtml = (card: Card): string => `<section class="card" lang="${escaped(card.lang)}">
<h3>${escaped(card.title)}</h3>
<dl>
${card.lines.map(({ label, text, mark }) => `<dt>${escaped(label)}</dt><dd>${escaped(text)}${mark === undefined ? '' : ` <em>[${escaped(mark)}]</em>`}</dd>`).join('\n')}
</dl>
</section>`

/** A table of what the cases check, by requirement. */
function casesHtml(folder: CheckedFolder): string {
  const rows = [...folder.conformance.values()].flatMap(({ cases, byVectors, unseen }) => [
    ...cases.map(({ must, name }) => [must, name]),
    ...byVectors.map(({ must, file }) => [must, `by the vectors in ${file}`]),
    ...unseen.map(({ must, because }) => [must, `not seen from outside: ${because}`]),
  ])
  const body = rows.map(([must, what]) => `<tr><td>${escaped((must as string[]).join(', '))}</td><td>${escaped(what as string)}</td></tr>`)
  return rows.length === 0
    ? ''
    : `<h2 id="conformance-cases">Conformance</h2>\n<table>\n<tr><th>Requirement</th><th>Shown by</th></tr>\n${body.join('\n')}\n</table>`
}

const style = `:root{color-scheme:light dark}body{font:16px/1.55 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #8886;padding:.3rem .6rem;text-align:left;vertical-align:top}
pre,code{font-family:ui-monospace,monospace;font-size:.92em}pre{overflow-x:auto;background:#8881;padding:.8rem}
.card{border:1px solid #8886;border-radius:.5rem;padding:0 1rem 1rem;margin:1rem 0}dt{font-weight:600;margin-top:.6rem}dd{margin:0}`

/**
 * The spec, the consent card in every language, the schema and the cases of a protocol as one page that needs nothing else: no script, no
 * style sheet, no font, no picture. Pure: equal folders, equal pages.
 *
 * @param folder  checked; one with faults is shown as far as it can be read
 * @param files   of the folder
 * @param expSec  when the grant on the cards would end, in seconds since 1970
 */
export function pageOf(folder: CheckedFolder, files: ReadonlyMap<string, string>, { expSec }: { expSec: number }): string {
  const manifest = folder.manifest?.body
  const title = folder.protocol?.id ?? manifest?.proto ?? 'a protocol'
  const cards = manifest && folder.protocol?.door === 'grant' ? manifest.langs.map((lang) => cardHtml(cardIn(manifest, lang, expSec))) : []
  const schemas = [...files].filter(([path]) => path.endsWith('.proto'))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${markdown(files.get('SPEC.md') ?? '')}
${cards.length === 0 ? '' : `<h2 id="consent-card">What people read before they say yes</h2>\n${cards.join('\n')}`}
${linesHtml(manifest, folder.protocol?.door)}
${casesHtml(folder)}
${schemas.map(([path, text]) => `<h2>${escaped(path)}</h2>\n<pre><code>${escaped(text)}</code></pre>`).join('\n')}
</body>
</html>
`
}

/** Behind a door without a grant there is no card; the nine lines are read all the same. */
function linesHtml(manifest: ManifestBody | undefined, door: string | undefined): string {
  if (!manifest || door === 'grant') return ''
  const cards = manifest.langs.map(
    (lang) => `<section class="card" lang="${escaped(lang)}">
<h3>${escaped(manifest.title[lang] ?? '')}</h3>
<dl>
${Object.entries(manifest.say)
  .map(([key, text]) => `<dt>${escaped(key)}</dt><dd>${escaped(text[lang] ?? '')}</dd>`)
  .join('\n')}
</dl>
</section>`,
  )
  return `<h2 id="consent-text-in-words">What somebody can do by this door</h2>\n${cards.join('\n')}`
}
