import type { MarkdownRenderer } from 'vitepress'

const allowed = /^(<a id="[\w-]+">|<\/a>|<br ?\/?>|<!--[^]*-->)$/

/** Braces that Vue would take for an expression, as entities. */
const withoutBraces = (html: string): string => html.replaceAll('{{', '&#123;&#123;').replaceAll('}}', '&#125;&#125;')

/**
 * Makes pages mean what they mean everywhere else: vitepress compiles each as a component of Vue, where `<words>` in prose are tags and double
 * braces are code. Anchors and line breaks stay HTML, everything else is text.
 */
export function plainMarkdown(md: MarkdownRenderer): void {
  const { rules } = md.renderer
  const escaped = (html: string): string => (allowed.test(html.trim()) ? html : withoutBraces(md.utils.escapeHtml(html)))
  rules.html_inline = (tokens, at) => escaped(tokens[at]!.content)
  rules.html_block = (tokens, at) => escaped(tokens[at]!.content)
  for (const name of ['text', 'code_inline'] as const) {
    const before = rules[name]!
    rules[name] = (...given) => withoutBraces(before(...given))
  }
}
