// Generated from ../../manifest.json: change it there, then npm run generate.
import { objectId, type ManifestBody } from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = {
  "proto": "/porchlight/invite/1",
  "rev": 2,
  "prev": objectId("bhyzpdx435j5b6qmcknkfyl3tshdvfdwdvafwn2v253h5kftv4oga"),
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
      "en": "Whoever can show a link that you made can put questions to you, and becomes your contact by accepting it. That is all this door is for: it opens no app and no file, and only a contact can be given anything.",
      "de": "Wer einen Link von dir vorzeigen kann, kann dir Fragen vorlegen, und wird dein Kontakt, wenn er ihn annimmt. Mehr kann diese Tür nicht: Sie öffnet keine App und keine Datei, und etwas bekommen kann nur ein Kontakt."
    },
    "why": {
      "en": "So that two households can get to know each other without a company in between.",
      "de": "Damit zwei Haushalte sich kennenlernen, ohne dass eine Firma dazwischensteht."
    },
    "who": {
      "en": "The first household that accepts the link, whoever that is; questions come from the first one that asks with it. Read the 12 words to each other to be sure that it is the right one.",
      "de": "Der erste Haushalt, der den Link annimmt, wer immer das ist; Fragen kommen vom ersten, der damit fragt. Lest euch die 12 Wörter vor, dann wisst ihr, dass es der richtige ist."
    },
    "keep": {
      "en": "Both sides keep each other’s name, devices and addresses until one of them removes the other. What was asked stays in both records. Your side forgets the secret of the link when its time is over.",
      "de": "Beide Seiten behalten Namen, Geräte und Adressen der anderen, bis sie sie entfernen. Was gefragt wurde, bleibt in beiden Protokollen. Das Geheimnis des Links vergisst deine Seite, wenn seine Zeit um ist."
    },
    "onward": {
      "en": "Your side passes nothing on. Whether the other side does is unknown.",
      "de": "Deine Seite gibt nichts weiter. Ob die andere es tut, ist unbekannt."
    },
    "risk": {
      "en": "Somebody who sees the link before your friend uses it can ask, or become your contact, instead. You would see a question or a contact that you did not expect; nothing is open to it.",
      "de": "Wer den Link sieht, bevor dein Freund ihn benutzt, kann an seiner Stelle fragen oder dein Kontakt werden. Du siehst dann eine Frage oder einen Kontakt, den du nicht erwartest; offen ist ihm nichts."
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
    },
    {
      "id": "asks",
      "category": "dpv:Data",
      "say": {
        "en": "What is asked, and in which words",
        "de": "Was gefragt wird und mit welchen Worten"
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
