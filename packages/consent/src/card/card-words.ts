/** The fixed words of a card. `{until}` is filled with a date; names are filled like those of a manifest. */
export interface CardWords {
  /** By who reads it. */
  readonly titles: Readonly<Record<'owner' | 'recipient' | 'asker', string>>
  /** Label and text of the line that says that a name can be taken for another; `{who}` and `{other}` are the two names. */
  readonly beware: string
  readonly looksLike: Readonly<Record<'contact' | 'household', string>>
  /** Label and text of the line that tells a recipient, or an asker, whose words it reads. */
  readonly reading: string
  readonly readingText: string
  readonly askerReadingText: string
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
  readonly yourWords: string
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
    titles: { owner: '{contact} · {service}', recipient: '{owner} offers you {service}', asker: 'You ask {owner} for {service}' },
    beware: 'Look twice',
    looksLike: {
      contact: 'The name of {who} looks like that of your contact {other}. They are two households.',
      household: 'The name of {who} looks like what you call yourself, {other}. It is another household.',
    },
    reading: 'To read',
    readingText: 'These are the terms as {owner} saw them: “you” is {owner}, and {contact} is you. You, too, can give it back at any time.',
    askerReadingText:
      'These are the terms as {owner} will see them: “you” is {owner}, and {contact} is you. If {owner} says yes to this or less, it counts at once.',
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
    yourWords: '(your words)',
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
    titles: { owner: '{contact} · {service}', recipient: '{owner} bietet dir {service} an', asker: 'Du bittest {owner} um {service}' },
    beware: 'Zweimal ansehen',
    looksLike: {
      contact: 'Der Name von {who} sieht aus wie der deines Kontakts {other}. Es sind zwei Haushalte.',
      household: 'Der Name von {who} sieht aus wie deiner, {other}. Es ist ein anderer Haushalt.',
    },
    reading: 'Zum Lesen',
    readingText:
      'Das sind die Bedingungen, wie {owner} sie gesehen hat: „du“ ist {owner}, und {contact} bist du. Auch du kannst es jederzeit zurückgeben.',
    askerReadingText:
      'Das sind die Bedingungen, wie {owner} sie sehen wird: „du“ ist {owner}, und {contact} bist du. Sagt {owner} dazu oder zu weniger Ja, gilt es sofort.',
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
    yourWords: '(deine Worte)',
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
