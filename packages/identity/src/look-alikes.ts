import unhomoglyph from 'unhomoglyph'

/**
 * What a name looks like, not what it says: names that share a skeleton are hard to tell apart on a screen. As in UTS #39, with case,
 * accents, compatibility forms, spaces and punctuation folded too, because a person in a hurry does not see those either.
 *
 * @returns  one skeleton of the letters as they stand and one of the small ones: a Greek capital Nu is an N, a small one a v
 * @see      https://www.unicode.org/reports/tr39/#Confusable_Detection
 */
export const skeletons = (name: string): readonly string[] =>
  [unhomoglyph(name.normalize('NFKD')), unhomoglyph(fold(name))].map((text) => alike(fold(text)))

const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\p{M}\p{P}\p{Z}\p{S}\p{Default_Ignorable_Code_Point}]/gu, (char) => (char === '|' ? char : ''))

/** What stands for another in plain writing, and is in no table of single characters or in neither direction. */
const alike = (text: string): string => text.replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll(/[1i|]/g, 'l').replaceAll('0', 'o')

/**
 * The known name that another one looks like.
 *
 * @param name   self-chosen or a petname; untrusted
 * @param known  names that a person trusts, the household's own among them
 * @returns      the first of them that cannot be told apart from it, or `null`. Exactly the same name counts: two of one name are one to a reader
 */
export function looksLike(name: string, known: Iterable<string>): string | null {
  const seen = skeletons(name).filter((each) => each !== '')
  if (seen.length === 0) return null
  for (const other of known) if (skeletons(other).some((each) => seen.includes(each))) return other
  return null
}
