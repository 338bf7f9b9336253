interface PageText {
  readonly title: string
  readonly lines: readonly string[]
}

interface Page {
  readonly status: number
  readonly en: PageText
  readonly de: PageText
}

/** Every page that Porchlight itself shows in place of an app. `{service}` and `{who}` are filled in; none says why somebody refused. */
export const pageTexts = {
  'no-such-place': {
    status: 404,
    en: {
      title: 'There is nothing at this address',
      lines: [
        'Addresses look like http://NAME.HOUSEHOLD.localhost with a port at the end.',
        'The command "porchlight services" lists what you can open.',
      ],
    },
    de: {
      title: 'Unter dieser Adresse gibt es nichts',
      lines: [
        'Adressen sehen so aus: http://NAME.HAUSHALT.localhost, mit einem Port am Ende.',
        'Der Befehl „porchlight services“ zeigt, was du öffnen kannst.',
      ],
    },
  },
  'no-grant': {
    status: 403,
    en: {
      title: '“{service}” is not open to you',
      lines: [
        'The household of {who} does not let this request in. It does not say why: perhaps it was never agreed, or the time is over.',
        'You can ask for it:',
      ],
    },
    de: {
      title: '„{service}“ steht dir nicht offen',
      lines: [
        'Der Haushalt von {who} lässt diese Anfrage nicht ein. Er sagt nicht, warum: Vielleicht wurde es nie vereinbart, oder die Zeit ist um.',
        'Du kannst darum bitten:',
      ],
    },
  },
  unreachable: {
    status: 502,
    en: {
      title: 'The household of {who} cannot be reached right now',
      lines: [
        'Its computer may be off, or one of the two connections to the internet is down. Your own Porchlight is running.',
        'Try again later; nothing needs to be set up anew.',
      ],
    },
    de: {
      title: 'Der Haushalt von {who} ist gerade nicht erreichbar',
      lines: [
        'Vielleicht ist der Rechner dort aus, oder eine der beiden Internetverbindungen ist unterbrochen. Dein eigenes Porchlight läuft.',
        'Versuche es später noch einmal; du musst nichts neu einrichten.',
      ],
    },
  },
  busy: {
    status: 503,
    en: { title: 'The household of {who} has too much to do right now', lines: ['Nothing was lost. Try again in a moment.'] },
    de: { title: 'Der Haushalt von {who} hat gerade zu viel zu tun', lines: ['Nichts ging verloren. Versuche es gleich noch einmal.'] },
  },
  'app-down': {
    status: 502,
    en: {
      title: 'The app “{service}” is not running on the side of {who}',
      lines: [
        'Both Porchlights are running and you are let in; the app behind it does not answer.',
        'Only the household of {who} can start it again.',
      ],
    },
    de: {
      title: 'Die App „{service}“ läuft auf der Seite von {who} nicht',
      lines: [
        'Beide Porchlights laufen und du darfst hinein; die App dahinter antwortet nicht.',
        'Nur der Haushalt von {who} kann sie wieder starten.',
      ],
    },
  },
  'not-offered': {
    status: 404,
    en: { title: '“{service}” is no longer offered by {who}', lines: ['The household of {who} has taken the app out of what it shares.'] },
    de: {
      title: '„{service}“ wird von {who} nicht mehr angeboten',
      lines: ['Der Haushalt von {who} hat die App aus dem herausgenommen, was er teilt.'],
    },
  },
  'read-only': {
    status: 403,
    en: {
      title: 'You may look at “{service}”, not change it',
      lines: [
        'The household of {who} agreed to reading only. This request asks the app to change something, or to open a channel that nobody could see into.',
        'Nothing was changed. You can ask for more:',
      ],
    },
    de: {
      title: 'Du darfst „{service}“ ansehen, nicht ändern',
      lines: [
        'Der Haushalt von {who} hat nur dem Ansehen zugestimmt. Mit dieser Anfrage soll die App etwas ändern oder einen Kanal öffnen, in den niemand hineinsehen kann.',
        'Es wurde nichts geändert. Du kannst um mehr bitten:',
      ],
    },
  },
  'other-site': {
    status: 403,
    en: {
      title: 'Another website tried to use “{service}”',
      lines: ['Only its own pages may do that. If you followed a form or a log-in from another site, open the app directly instead.'],
    },
    de: {
      title: 'Eine andere Website wollte „{service}“ benutzen',
      lines: [
        'Das dürfen nur die eigenen Seiten der App. Kam das von einem Formular oder einer Anmeldung anderswo, dann öffne die App direkt.',
      ],
    },
  },
  'bad-request': {
    status: 400,
    en: { title: 'This request cannot be passed on', lines: ['It is not well formed.'] },
    de: { title: 'Diese Anfrage lässt sich nicht weitergeben', lines: ['Sie ist nicht wohlgeformt.'] },
  },
} as const satisfies Record<string, Page>

export type PageName = keyof typeof pageTexts
