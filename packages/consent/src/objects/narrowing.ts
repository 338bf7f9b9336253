import { covers, type Limits, type ManifestBody, type ManifestScope, type ObjectId, type Text } from '@porchlight/core'

const automations = ['none', 'assistive', 'decisions', 'ai-training'] as const

/**
 * Whether a text takes nothing away from what a person agreed to under another one: it follows that one, says the same in every language that
 * it has, and allows the same or less everywhere. Only then may a grant go on without a person looking. Pure.
 *
 * @param old    the text that was agreed to, and its id
 * @param next   the text that follows it
 */
export function narrows(old: { readonly id: ObjectId; readonly body: ManifestBody }, next: ManifestBody): boolean {
  const before = old.body
  return (
    next.prev === old.id &&
    next.proto === before.proto &&
    next.rev > before.rev &&
    within(next.langs, before.langs) &&
    sameText(next.title, before.title) &&
    Object.entries(next.say).every(([key, text]) => sameText(text, before.say[key as keyof ManifestBody['say']])) &&
    sameClaims(next, before) &&
    within(next.purposes, before.purposes) &&
    next.data.every((kind) => {
      const was = before.data.find(({ id }) => id === kind.id)
      return (
        was !== undefined &&
        kind.category === was.category &&
        sameText(kind.say, was.say) &&
        kind.sensitivity <= was.sensitivity &&
        (was.aboutOthers || !kind.aboutOthers) &&
        (kind.optional || !was.optional)
      )
    }) &&
    next.scopes.every((scope) => {
      const was = before.scopes.find(({ id }) => id === scope.id)
      return was !== undefined && scopeNarrows(was, scope)
    }) &&
    next.publisher === before.publisher &&
    next.retention === before.retention &&
    next.onward === before.onward &&
    next.storage === before.storage &&
    next.contact === before.contact &&
    automations.indexOf(next.automation) <= automations.indexOf(before.automation) &&
    (before.relayOk || !next.relayOk)
  )
}

const scopeNarrows = (was: ManifestScope, scope: ManifestScope): boolean =>
  within(scope.actions, was.actions) &&
  within(scope.datatypes, was.datatypes) &&
  scope.locations.every((location) => was.locations.some((covering) => covers(covering, location))) &&
  (scope.direction === was.direction || was.direction === 'both') &&
  (was.required || !scope.required) &&
  sameText(scope.say, was.say) &&
  limitsNarrow(was.max, scope.max)

/** What was bounded stays bounded, as tight or tighter. Hours are compared as a whole: whether some hours lie within others is not for this check. */
const limitsNarrow = (was: Limits, now: Limits): boolean =>
  (['bytesTotal', 'bytesPerDay', 'opsPerMin', 'streams'] as const).every((name) => {
    const [before, after] = [was[name], now[name]]
    return before === undefined || (after !== undefined && after <= before)
  }) &&
  (was.window === undefined || JSON.stringify(inOrder(was.window)) === JSON.stringify(now.window && inOrder(now.window)))

const inOrder = ({ days, from, to, tz }: NonNullable<Limits['window']>): unknown[] => [days, from, to, tz]

const within = (inner: readonly string[], outer: readonly string[]): boolean => inner.every((each) => outer.includes(each))

/** A language may go; what stays says the same. */
const sameText = (next: Text, was: Text): boolean => Object.entries(next).every(([lang, line]) => was[lang] === line)

/** What was enforced stays enforced, and no line that claimed something stops claiming it. */
const sameClaims = (next: ManifestBody, before: ManifestBody): boolean => {
  const said = ({ claims }: ManifestBody): string[] => claims.map(({ key, assurance }) => `${key} ${assurance}`).toSorted()
  return said(next).join() === said(before).join()
}
