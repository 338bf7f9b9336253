// Generated from ../../manifest.json: change it there, then npm run generate.
import type { ManifestBody } from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = {
  "proto": "/porchlight/gate/1",
  "rev": 1,
  "prev": null,
  "publisher": "Porchlight",
  "langs": [
    "en",
    "de"
  ],
  "title": {
    "en": "Knocking at your door",
    "de": "Anklopfen an deiner Tür"
  },
  "say": {
    "what": {
      "en": "Any device that finds this computer may knock. Behind the door nothing moves until you have said yes to somebody, by name.",
      "de": "Jedes Gerät, das diesen Computer findet, darf anklopfen. Dahinter bewegt sich nichts, bis du jemandem mit Namen Ja gesagt hast."
    },
    "why": {
      "en": "People you know have to reach you before you can let them in.",
      "de": "Wer dich kennt, muss dich erreichen, bevor du die Tür öffnen kannst."
    },
    "who": {
      "en": "Anybody on the network, known to you or not.",
      "de": "Alle im Netz, ob du sie kennst oder nicht."
    },
    "keep": {
      "en": "Your side may note which device knocked and when, never what it said. What the other side notes is unknown.",
      "de": "Deine Seite notiert höchstens, welches Gerät wann geklopft hat, nie, was es sagte. Was die andere Seite notiert, ist unbekannt."
    },
    "onward": {
      "en": "Your side passes nothing on. What a stranger does with the knowledge that something answered is unknown.",
      "de": "Deine Seite gibt nichts weiter. Was Fremde mit dem Wissen tun, dass etwas geantwortet hat, ist unbekannt."
    },
    "risk": {
      "en": "Whoever knocks learns that this computer is on, where it is on the network, and the number of this device. Not whom you know and not what you share.",
      "de": "Wer klopft, erfährt, dass dieser Computer an ist, wo er im Netz steht und welche Nummer das Gerät hat. Nicht, wen du kennst, und nicht, was du teilst."
    },
    "cannotUndo": {
      "en": "Whoever got an answer once knows that there was one.",
      "de": "Wer einmal eine Antwort bekam, weiß, dass es eine gab."
    },
    "ifRefused": {
      "en": "Everybody you have not let in gets the same short answer, friend or stranger. It does not say why.",
      "de": "Alle, die du nicht hereingelassen hast, bekommen dieselbe kurze Antwort, Freunde wie Fremde. Sie sagt nicht, warum."
    },
    "withdraw": {
      "en": "Stop one person, and only they stand outside again. Stop Porchlight, and nobody gets an answer.",
      "de": "Beende es für eine Person, und nur sie steht wieder draußen. Beende Porchlight, und niemand bekommt eine Antwort."
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
      "id": "address",
      "category": "dpv:Data",
      "say": {
        "en": "The address and the number of this device",
        "de": "Adresse und Nummer dieses Geräts"
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
