import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DefaultTheme } from 'vitepress'

type Item = DefaultTheme.SidebarItem

/** One page, by its path in the repository; one that does not exist ends the build. */
function page(root: string, path: string, text: string): Item {
  if (!existsSync(join(root, path))) throw new Error(`the site's table of contents names ${path}, which does not exist`)
  return { text, link: path === 'README.md' ? '/' : `/${path.replace(/\.md$/, '')}` }
}

/** The first heading of a page. */
function titleOf(file: string): string {
  return /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? file
}

/** Every page of a directory under its own title, in the order of file names. */
function titled(root: string, dir: string): Item[] {
  return readdirSync(join(root, dir))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => ({ text: titleOf(join(root, dir, name)).replaceAll('`', ''), link: `/${dir}/${name.replace(/\.md$/, '')}` }))
}

/**
 * The table of contents, by who reads.
 *
 * @param root  the repository's root directory
 */
export function sidebar(root: string): Item[] {
  const list = (pages: Readonly<Record<string, string>>): Item[] => Object.entries(pages).map(([path, text]) => page(root, path, text))
  const group = (text: string, items: Item[], collapsed = false): Item => ({ text, items, collapsed })
  const specs = readdirSync(join(root, 'protocols'))
    .filter((name) => existsSync(join(root, 'protocols', name, 'SPEC.md')))
    .sort()
    .map((name) => page(root, `protocols/${name}/SPEC.md`, name))
  return [
    group(
      'Start here',
      list({
        'README.md': 'Porchlight',
        'docs/start-here.md': 'Start here',
        'docs/how-it-works.md': 'How it works',
        'docs/trade-offs.md': 'What it costs you',
        'docs/threat-model.md': 'Threat model',
      }),
    ),
    group(
      'For households',
      list({
        'docs/households.md': 'Using it',
        'docs/share.md': 'Sharing an app',
        'docs/reaching.md': 'How homes reach each other',
        'docs/relays.md': 'Relays',
        'docs/record.md': 'The record',
        'docs/cli.md': 'Commands',
        'docs/settings.md': 'Settings',
      }),
    ),
    group('For app developers', [
      ...list({
        'docs/app-developers.md': 'Building an app',
        'docs/api.md': 'The local API',
        'docs/errors.md': 'Errors',
        'docs/limits.md': 'Limits',
        'examples/README.md': 'Examples',
      }),
      { text: 'Reference', link: '/docs/reference/' },
    ]),
    group(
      'For protocol authors',
      list({
        'docs/first-protocol.md': 'Your first protocol',
        'docs/protocol-authors.md': 'Designing a protocol',
        'docs/protocols.md': 'The folder of a protocol',
        'docs/conformance.md': 'Conformance',
        'protocols/TERMS.md': 'Terms of all protocols',
      }),
    ),
    group('Specifications', specs, true),
    group('For operators', list({ 'docs/operators.md': 'Running it as a service', 'SECURITY.md': 'Security' })),
    group(
      'Inside',
      list({
        'docs/architecture.md': 'Architecture',
        'docs/invariants.md': 'What has to hold always',
        'docs/measurements.md': 'Measurements',
        'docs/mutation.md': 'Mutation testing',
        'docs/dependencies.md': 'Dependencies',
        'CONTRIBUTING.md': 'Contributing',
      }),
      true,
    ),
    group('Decisions', titled(root, 'docs/adr'), true),
  ]
}
