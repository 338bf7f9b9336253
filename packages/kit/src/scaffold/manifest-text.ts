import { sayKeys, type ManifestBody, type SayKey } from '@porchlight/core'

type Lines = Readonly<Record<SayKey | 'title' | 'scope' | 'data', string>>

/** The nine lines for the method of the scaffold, to be written anew with the method. */
const english: Lines = {
  title: 'A bell at the door',
  what: '{contact} can ring: it sends a name and gets a line of text back.',
  why: 'To let somebody say that they are there.',
  who: '{contact} alone.',
  keep: 'Unknown: it depends on the app that answers.',
  onward: 'Unknown: it depends on the app that answers.',
  risk: '{contact} learns that this device is on, and whenever somebody answers.',
  cannotUndo: 'What was heard stays heard.',
  ifRefused: 'Nothing changes.',
  withdraw: 'You can stop it any time.',
  scope: 'Ring, and hear the answer.',
  data: 'The name that was sent.',
}

const german: Lines = {
  title: 'Eine Klingel an der Tür',
  what: '{contact} kann klingeln: schickt einen Namen und bekommt eine Zeile Text zurück.',
  why: 'Damit jemand sagen kann, dass er da ist.',
  who: 'Nur {contact}.',
  keep: 'Unbekannt: Das hängt von der App ab, die antwortet.',
  onward: 'Unbekannt: Das hängt von der App ab, die antwortet.',
  risk: '{contact} erfährt, dass dieses Gerät an ist, und wann jemand antwortet.',
  cannotUndo: 'Gehörtes bleibt gehört.',
  ifRefused: 'Nichts ändert sich.',
  withdraw: 'Du kannst es jederzeit beenden.',
  scope: 'Klingeln und die Antwort hören.',
  data: 'Der Name, der geschickt wurde.',
}

/** Lines in a language that the scaffold does not speak: the English ones, marked to be filled in. */
const toFillIn = (lang: string): Lines =>
  Object.fromEntries(Object.entries(english).map(([key, line]) => [key, `(${lang}) ${line}`])) as unknown as Lines

/**
 * The consent text that a scaffold begins with.
 *
 * @param lang  the second language; German is written, any other one is English marked with its tag, to be filled in
 */
export function manifestOf(id: string, lang: string): ManifestBody {
  const second = lang === 'de' ? german : toFillIn(lang)
  const both = (key: keyof Lines) => ({ en: english[key], [lang]: second[key] })
  return {
    proto: id,
    rev: 1,
    prev: null,
    publisher: 'you',
    langs: ['en', lang],
    title: both('title'),
    say: Object.fromEntries(sayKeys.map((key) => [key, both(key)])) as unknown as ManifestBody['say'],
    claims: [{ key: 'withdraw', assurance: 'enforced' }],
    data: [{ id: 'name', category: 'dpv:Name', say: both('data'), sensitivity: 1, aboutOthers: false, optional: false }],
    purposes: ['dpv:ServiceProvision'],
    scopes: [
      {
        id: 'ring',
        actions: ['read'],
        locations: [''],
        datatypes: ['name'],
        direction: 'both',
        required: true,
        say: both('scope'),
        max: {},
      },
    ],
    retention: 'unknown',
    onward: 'unknown',
    storage: 'unknown',
    automation: 'none',
    relayOk: true,
    contact: 'you',
  }
}
