import type { LookAlike } from '@porchlight/node'

/** `looks like your contact ‘ana’`; empty when a name looks like no other. */
export const alikeText = (looksLike: LookAlike | null): string =>
  looksLike === null ? '' : `looks like ${looksLike.whose === 'contact' ? 'your contact' : 'what you call yourself,'} ‘${looksLike.name}’`

/** A name with the warning behind it. */
export const nameText = (name: string, looksLike: LookAlike | null): string =>
  looksLike === null ? name : `${name} (${alikeText(looksLike)})`
