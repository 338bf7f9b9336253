// Generated from ../../manifest.json: change it there, then npm run generate.
import { objectId, type ManifestBody } from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = {
  "proto": "/porchlight/household/1",
  "rev": 2,
  "prev": objectId("bhhdxoztr72pcsgxtuke2vafywunf4kwup7cpk73rll46xho4gjzq"),
  "publisher": "Porchlight",
  "langs": [
    "en",
    "de"
  ],
  "title": {
    "en": "Which devices belong to whom",
    "de": "Welche Geräte zu wem gehören"
  },
  "say": {
    "what": {
      "en": "Your contacts learn which devices speak for your household, which no longer do, and how long the record of each device is. That is all this door is for: it opens no app and no file.",
      "de": "Deine Kontakte erfahren, welche Geräte für deinen Haushalt sprechen, welche nicht mehr, und wie lang das Protokoll jedes Geräts ist. Mehr kann diese Tür nicht: Sie öffnet keine App und keine Datei."
    },
    "why": {
      "en": "So that a new laptop works with everybody you know, a stolen one with nobody, and nobody can shorten or rewrite a record unnoticed.",
      "de": "Damit ein neues Gerät bei allen funktioniert, die du kennst, ein gestohlenes bei niemandem, und niemand unbemerkt ein Protokoll kürzt oder umschreibt."
    },
    "who": {
      "en": "Devices of your contacts and your own. Strangers who knock get an empty answer.",
      "de": "Geräte deiner Kontakte und deine eigenen. Fremde, die klopfen, bekommen eine leere Antwort."
    },
    "keep": {
      "en": "Both sides keep each other’s signed lists of devices, and the newest length and root hash of each device’s record, until one of them removes the other.",
      "de": "Beide Seiten behalten die unterschriebenen Gerätelisten der anderen und die neueste Länge und Prüfsumme (Root-Hash) des Protokolls jedes Geräts, bis sie sie entfernen."
    },
    "onward": {
      "en": "Your side passes nothing on. The other side could show your list to others; whether it does is unknown.",
      "de": "Deine Seite gibt nichts weiter. Die andere könnte deine Liste anderen zeigen; ob sie es tut, ist unbekannt."
    },
    "risk": {
      "en": "Your contacts see how many devices you have, when that changed, and by how many entries your record grew: how much happens at your place, and nothing of what.",
      "de": "Deine Kontakte sehen, wie viele Geräte du hast, wann sich das geändert hat, und um wie viele Einträge dein Protokoll wuchs: wie viel bei dir geschieht, und nichts davon, was."
    },
    "cannotUndo": {
      "en": "What a contact has learnt about your devices and the length of their records it may remember.",
      "de": "Was ein Kontakt über deine Geräte und die Länge ihrer Protokolle erfahren hat, kann er sich merken."
    },
    "ifRefused": {
      "en": "Without this, contacts would go on trusting a device that was stolen from you. It cannot be switched off; remove the contact instead.",
      "de": "Ohne das würden Kontakte einem gestohlenen Gerät weiter vertrauen. Abschalten geht nicht; entferne stattdessen den Kontakt."
    },
    "withdraw": {
      "en": "Remove the contact: it gets an empty answer from then on, like every stranger.",
      "de": "Entferne den Kontakt: Von da an bekommt er eine leere Antwort wie alle Fremden."
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
      "id": "devices",
      "category": "dpv:Data",
      "say": {
        "en": "Keys of your devices, what each may do, and until when",
        "de": "Schlüssel deiner Geräte, was jedes darf und bis wann"
      },
      "sensitivity": 1,
      "aboutOthers": false,
      "optional": false
    },
    {
      "id": "checkpoints",
      "category": "dpv:Data",
      "say": {
        "en": "How many entries the record of each device has, and their root hash",
        "de": "Wie viele Einträge das Protokoll jedes Geräts hat, und deren Prüfsumme (Root-Hash)"
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
  "retention": "until erased",
  "onward": "not-agreed",
  "storage": "both",
  "automation": "none",
  "relayOk": true,
  "contact": "the household that was asked"
}
