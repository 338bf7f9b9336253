import type { IncomingMessage, ServerResponse } from 'node:http'
import { pageTexts, type PageName } from './page-texts.ts'

type Lang = 'en' | 'de'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? sign)

/** The first language of `Accept-Language` that we speak (RFC 9110, 12.5.4), by its weight; English otherwise. */
export function languageOf(header: string | undefined): Lang {
  const wanted = (header ?? '').split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const weight = parameters.map((each) => each.trim()).find((each) => each.startsWith('q='))
    return { lang: tag.split('-')[0] ?? '', weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
  })
  const known = wanted.filter(({ lang, weight }) => (lang === 'en' || lang === 'de') && weight > 0).sort((a, b) => b.weight - a.weight)
  return (known[0]?.lang as Lang | undefined) ?? 'en'
}

const style = `:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto 0;padding:0 1.5rem}h1{font-size:1.4rem;line-height:1.25}code{font-size:1rem;padding:.1rem .35rem;border:1px solid;border-radius:.25rem}`

function html(lang: Lang, title: string, lines: readonly string[], command: string | undefined): string {
  const body = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')
  const shown = command === undefined ? '' : `\n<p><code>${escapeHtml(command)}</code></p>`
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}${shown}
</main>
</body>
</html>
`
}

/** What a page may name; all of it is escaped. */
export interface PageFacts {
  readonly service?: string
  /** Whose side the page speaks of. */
  readonly who?: string
  /** A command to type, shown by itself. */
  readonly command?: string
}

/**
 * Answers with one of Porchlight's own pages: HTML for a browser, plain text for a program, in English or German. No scripts, no assets,
 * nothing cached. The connection closes after it when the request still has a body under way.
 */
export function answerPage(req: IncomingMessage, res: ServerResponse, name: PageName, facts: PageFacts = {}): void {
  const lang = languageOf(req.headers['accept-language'])
  const { status, [lang]: text } = pageTexts[name]
  const fill = (line: string): string => line.replaceAll('{service}', () => facts.service ?? '').replaceAll('{who}', () => facts.who ?? '')
  const [title, lines] = [fill(text.title), text.lines.map(fill)]
  const asHtml = (req.headers.accept ?? '').includes('text/html')
  const plain = [title, '', ...lines, ...(facts.command === undefined ? [] : ['', facts.command]), ''].join('\n')
  const body = Buffer.from(asHtml ? html(lang, title, lines, facts.command) : plain)
  if (!req.complete) res.shouldKeepAlive = false
  res.writeHead(status, {
    'Content-Type': `${asHtml ? 'text/html' : 'text/plain'}; charset=utf-8`,
    'Content-Length': body.byteLength,
    'Content-Language': lang,
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept, Accept-Language',
    ...(status === 503 ? { 'Retry-After': '5' } : {}),
  })
  res.end(req.method === 'HEAD' ? undefined : body)
}
