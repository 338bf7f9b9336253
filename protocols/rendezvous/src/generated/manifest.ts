// Generated from ../../manifest.json: change it there, then npm run generate.
import type { ManifestBody } from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = {
  "proto": "/porchlight/rendezvous/1",
  "rev": 1,
  "prev": null,
  "publisher": "Porchlight",
  "langs": [
    "en",
    "de"
  ],
  "title": {
    "en": "Being found again",
    "de": "Wiedergefunden werden"
  },
  "say": {
    "what": {
      "en": "Your devices leave sealed notes for the people you know, saying where on the network they are now. Only the device a note is for can open it.",
      "de": "Deine Geräte hinterlassen für die Leute, die du kennst, versiegelte Zettel: wo im Netz sie gerade sind. Nur das Gerät, für das ein Zettel ist, kann ihn öffnen."
    },
    "why": {
      "en": "When your address changes, the people you know still find you, and you them, without anybody doing anything.",
      "de": "Wenn sich deine Adresse ändert, finden deine Leute dich trotzdem und du sie, ohne dass jemand etwas tun muss."
    },
    "who": {
      "en": "Any computer of the address book you joined may hold a note. None of them can read it.",
      "de": "Jeder Computer des Adressbuchs, dem du beigetreten bist, kann einen Zettel aufbewahren. Keiner kann ihn lesen."
    },
    "keep": {
      "en": "Whoever holds a note keeps it for about a day. Whether somebody copies it and keeps the copy is unknown.",
      "de": "Wer einen Zettel aufbewahrt, behält ihn etwa einen Tag. Ob jemand ihn abschreibt und die Abschrift behält, ist unbekannt."
    },
    "onward": {
      "en": "Notes are passed to other computers of the address book. What these do with them is unknown.",
      "de": "Zettel werden an andere Computer des Adressbuchs weitergegeben. Was diese damit tun, ist unbekannt."
    },
    "risk": {
      "en": "Whoever holds a note sees which device and address left it and which one asked for it, and can guess that they know each other. Not their names.",
      "de": "Wer einen Zettel aufbewahrt, sieht, welches Gerät von welcher Adresse ihn brachte und welches danach fragte, und ahnt, dass sie sich kennen. Namen sieht niemand."
    },
    "cannotUndo": {
      "en": "A note that was left stays until it is a day old.",
      "de": "Ein hinterlassener Zettel bleibt, bis er einen Tag alt ist."
    },
    "ifRefused": {
      "en": "Nobody is refused: a note that is not made by the right device is thrown away.",
      "de": "Niemand wird abgewiesen: Ein Zettel, der nicht vom richtigen Gerät stammt, wird weggeworfen."
    },
    "withdraw": {
      "en": "Remove a person, and no more notes are left for them. Leave the address book in the settings, and none are left at all.",
      "de": "Entferne eine Person, und für sie werden keine Zettel mehr hinterlassen. Verlass das Adressbuch in den Einstellungen, und es gibt gar keine mehr."
    }
  },
  "claims": [
    {
      "key": "what",
      "assurance": "enforced"
    }
  ],
  "data": [
    {
      "id": "address",
      "category": "dpv:Data",
      "say": {
        "en": "The addresses of this device, sealed",
        "de": "Die Adressen dieses Geräts, versiegelt"
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
  "retention": "unknown",
  "onward": "not-agreed",
  "storage": "both",
  "automation": "none",
  "relayOk": true,
  "contact": "the household that runs this device"
}
