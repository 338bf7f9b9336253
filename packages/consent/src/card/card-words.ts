/** The fixed words of a card. `{until}` is filled with a date; names are filled like those of a manifest. */
export interface CardWords {
  readonly ownerTitle: string
  readonly recipientTitle: string
  /** Label and text of the line that tells a recipient whose words it reads. */
  readonly reading: string
  readonly readingText: string
  readonly what: string
  readonly scopes: string
  readonly not: string
  readonly notText: string
  /** Goes before a scope that the manifest knows and this card does not give. */
  readonly notScope: string
  readonly until: string
  readonly untilText: string
  readonly limits: string
  readonly why: string
  readonly theirWords: string
  readonly who: string
  readonly keep: string
  readonly onward: string
  readonly risk: string
  readonly cannotUndo: string
  readonly ifRefused: string
  readonly enforced: string
  readonly promised: string
  readonly cannotBeUndone: string
  readonly quotes: readonly [string, string]
}

/** Languages that the fixed words are in; the first is used where a language is missing. */
export const cardWords: Readonly<Record<string, CardWords>> = {
  en: {
    ownerTitle: '{contact} · {service}',
    recipientTitle: '{owner} offers you {service}',
    reading: 'To read',
    readingText: 'These are the terms as {owner} saw them: “you” is {owner}, and {contact} is you. You, too, can give it back at any time.',
    what: 'What',
    scopes: 'Allows',
    not: 'Not',
    notText: 'Nothing else: no other service, no setting and no file of this household that is not named here.',
    notScope: 'Not part of this:',
    until: 'How long',
    untilText: 'Until {until}.',
    limits: 'How much',
    why: 'Why',
    theirWords: '(their words)',
    who: 'Who',
    keep: 'Keeps',
    onward: 'Passes on',
    risk: 'Risk',
    cannotUndo: 'Stays done',
    ifRefused: 'If you say no',
    enforced: 'enforced',
    promised: 'promised',
    cannotBeUndone: 'cannot be undone',
    quotes: ['“', '”'],
  },
  de: {
    ownerTitle: '{contact} · {service}',
    recipientTitle: '{owner} bietet dir {service} an',
    reading: 'Zum Lesen',
    readingText:
      'Das sind die Bedingungen, wie {owner} sie gesehen hat: „du“ ist {owner}, und {contact} bist du. Auch du kannst es jederzeit zurückgeben.',
    what: 'Was',
    scopes: 'Erlaubt',
    not: 'Nicht',
    notText: 'Sonst nichts: kein anderer Dienst, keine Einstellung und keine Datei dieses Haushalts, die hier nicht genannt ist.',
    notScope: 'Nicht dabei:',
    until: 'Wie lange',
    untilText: 'Bis {until}.',
    limits: 'Wie viel',
    why: 'Warum',
    theirWords: '(eigene Worte)',
    who: 'Wer',
    keep: 'Behält',
    onward: 'Gibt weiter',
    risk: 'Risiko',
    cannotUndo: 'Bleibt so',
    ifRefused: 'Wenn du Nein sagst',
    enforced: 'wird erzwungen',
    promised: 'wird versprochen',
    cannotBeUndone: 'nicht umkehrbar',
    quotes: ['„', '“'],
  },
}
