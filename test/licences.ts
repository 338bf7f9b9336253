/** Licences under which anything here may come. All are approved by the Open Source Initiative or the FSF. */
const libre = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
  'CC0-1.0',
])

/** Packages whose package.json does not say it in SPDX's words; each was read by a person. */
const read: Readonly<Record<string, string>> = {
  'prelude-ls': 'MIT',
  tiddlywiki: 'BSD-3-Clause',
}

/** Packages that hold data and no program, under a licence that the FSF counts as free for such works; each by name. */
const freeData: Readonly<Record<string, string>> = { 'caniuse-lite': 'CC-BY-4.0' }

/**
 * True when at least one alternative of an SPDX expression asks for libre licences only.
 *
 * @param expression  as in package.json: `(MIT OR Apache-2.0)`; only OR, AND and one level of brackets
 */
export function isLibre(name: string, expression: string | undefined): boolean {
  if (expression !== undefined && freeData[name] === expression) return true
  const spdx = (read[name] ?? expression ?? '').replace(/[()]/g, '')
  return spdx.split(' OR ').some((choice) => choice.split(' AND ').every((licence) => libre.has(licence.trim())))
}

export interface DependencyRow {
  readonly name: string
  readonly why: string
  readonly weighed: string
  readonly licence: string
}

/** Reads the rows of docs/dependencies.md. */
export function rowsOf(page: string): DependencyRow[] {
  return [...page.matchAll(/^\| `([^`]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)].map(
    ([, name = '', why = '', weighed = '', licence = '']) => ({
      name,
      why: why.trim(),
      weighed: weighed.trim(),
      licence: licence.trim(),
    }),
  )
}
