// Generated from ../../manifest.json: change it there, then npm run generate.
import type { ManifestBody } from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = {
  "proto": "/porchlight/invite/1",
  "rev": 1,
  "prev": null,
  "publisher": "Porchlight",
  "langs": [
    "en",
    "de"
  ],
  "title": {
    "en": "Getting to know each other with a link",
    "de": "Sich kennenlernen mit einem Link"
  },
  "say": {
    "what": {
      "en": "Whoever can show a link that you made becomes your contact with it. That is all this door is for: it opens no app and no file.",
      "de": "Wer einen Link von dir vorzeigen kann, wird damit dein Kontakt. Mehr kann diese Tür nicht: Sie öffnet keine App und keine Datei."
    },
    "why": {
      "en": "So that two households can get to know each other without a company in between.",
      "de": "Damit zwei Haushalte sich kennenlernen, ohne dass eine Firma dazwischensteht."
    },
    "who": {
      "en": "The first household that uses the link, whoever that is. Read the 12 words to each other to be sure that it is the right one.",
      "de": "Der erste Haushalt, der den Link benutzt, wer immer das ist. Lest euch die 12 Wörter vor, dann wisst ihr, dass es der richtige ist."
    },
    "keep": {
      "en": "Both sides keep each other’s name, devices and addresses until one of them removes the other. Your side forgets the secret of the link when its time is over.",
      "de": "Beide Seiten behalten Namen, Geräte und Adressen der anderen, bis sie sie entfernen. Das Geheimnis des Links vergisst deine Seite, wenn seine Zeit um ist."
    },
    "onward": {
      "en": "Your side passes nothing on. Whether the other side does is unknown.",
      "de": "Deine Seite gibt nichts weiter. Ob die andere es tut, ist unbekannt."
    },
    "risk": {
      "en": "Somebody who sees the link before your friend uses it becomes your contact instead. You would see a contact that you did not expect; nothing is open to it.",
      "de": "Wer den Link sieht, bevor dein Freund ihn benutzt, wird an seiner Stelle dein Kontakt. Du siehst dann einen Kontakt, den du nicht erwartest; offen ist ihm nichts."
    },
    "cannotUndo": {
      "en": "The other household has learnt your devices, your addresses and what you call yourself. Removing the contact does not take that back.",
      "de": "Der andere Haushalt kennt deine Geräte, deine Adressen und wie du dich nennst. Den Kontakt zu entfernen macht das nicht rückgängig."
    },
    "ifRefused": {
      "en": "A wrong, used or old link gets the answer that every stranger gets. It does not say whether you have a link open.",
      "de": "Ein falscher, benutzter oder alter Link bekommt die Antwort, die alle Fremden bekommen. Sie verrät nicht, ob ein Link offen ist."
    },
    "withdraw": {
      "en": "You can take a link back until it is used, and remove a contact at any time.",
      "de": "Du kannst einen Link zurücknehmen, solange ihn niemand benutzt hat, und einen Kontakt jederzeit entfernen."
    }
  },
  "claims": [
    {
      "key": "what",
      "assurance": "enforced"
    },
    {
      "key": "ifRefused",
      "assurance": "enforced"
    }
  ],
  "data": [
    {
      "id": "household",
      "category": "dpv:Data",
      "say": {
        "en": "What you call yourself, your devices and their addresses",
        "de": "Wie du dich nennst, deine Geräte und ihre Adressen"
      },
      "sensitivity": 1,
      "aboutOthers": false,
      "optional": false
    }
  ],
  "purposes": [
    "dpv:ServiceProvision"
  ],
  "scopes": [],
  "retention": "until the contact is removed",
  "onward": "not-agreed",
  "storage": "both",
  "automation": "none",
  "relayOk": true,
  "contact": "the household that made the link"
}
