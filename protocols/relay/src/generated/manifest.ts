// Generated from ../../manifest.json: change it there, then npm run generate.
import type { ManifestBody } from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = {
  "proto": "/porchlight/relay/1",
  "rev": 1,
  "prev": null,
  "publisher": "Porchlight",
  "langs": [
    "en",
    "de"
  ],
  "title": {
    "en": "carrying connections to {contact}",
    "de": "Verbindungen zu {contact} weiterreichen"
  },
  "say": {
    "what": {
      "en": "Others reach the devices of {contact} through this device while it is on. It passes on what is encrypted for {contact} and holds no key to it.",
      "de": "Andere erreichen die Geräte von {contact} über dieses Gerät, solange es läuft. Es reicht weiter, was für {contact} verschlüsselt ist, und hat keinen Schlüssel dazu."
    },
    "why": {
      "en": "So that {contact} can be reached where no direct way exists, without a company in between.",
      "de": "Damit {contact} erreichbar ist, wo es keinen direkten Weg gibt, ohne Firma dazwischen."
    },
    "who": {
      "en": "The household of {contact}, and whoever connects to it. Whom it lets in is for {contact} to say, not for you.",
      "de": "Der Haushalt von {contact} und alle, die sich mit ihm verbinden. Wen er hereinlässt, entscheidet {contact}, nicht du."
    },
    "keep": {
      "en": "Your side counts bytes and time for {contact}. While it carries, it sees which devices talk, when and how much, and keeps none of that.",
      "de": "Deine Seite zählt Bytes und Zeit für {contact}. Solange sie weiterreicht, sieht sie, welche Geräte wann und wie viel sprechen, und behält davon nichts."
    },
    "onward": {
      "en": "Nothing is passed on but the connection itself.",
      "de": "Weitergereicht wird nur die Verbindung selbst."
    },
    "risk": {
      "en": "It uses your internet connection, twice for every byte. Limits say how much. From outside, that traffic looks like yours.",
      "de": "Es braucht deinen Internetanschluss, für jedes Byte zweimal. Grenzen sagen, wie viel. Von außen sieht dieser Verkehr aus wie deiner."
    },
    "cannotUndo": {
      "en": "What was carried has arrived.",
      "de": "Was weitergereicht wurde, ist angekommen."
    },
    "ifRefused": {
      "en": "Nothing changes. {contact} is told only that it did not work, not why.",
      "de": "Es ändert sich nichts. {contact} erfährt nur, dass es nicht ging, nicht warum."
    },
    "withdraw": {
      "en": "You can stop it at any time. Connections that are being carried end at once; afterwards not a byte is passed on.",
      "de": "Du kannst es jederzeit beenden. Was gerade weitergereicht wird, endet sofort; danach geht kein Byte mehr weiter."
    }
  },
  "claims": [
    {
      "key": "ifRefused",
      "assurance": "enforced"
    },
    {
      "key": "withdraw",
      "assurance": "enforced"
    },
    {
      "key": "keep",
      "assurance": "promised"
    },
    {
      "key": "onward",
      "assurance": "promised"
    }
  ],
  "data": [
    {
      "id": "connections",
      "category": "dpv:Data",
      "say": {
        "en": "Which devices talk through yours, when, and how many bytes; never what",
        "de": "Welche Geräte über deines sprechen, wann und wie viele Bytes; nie was"
      },
      "sensitivity": 1,
      "aboutOthers": true,
      "optional": false
    }
  ],
  "purposes": [
    "dpv:PersonalUse"
  ],
  "scopes": [
    {
      "id": "carry",
      "actions": [
        "carry"
      ],
      "locations": [
        ""
      ],
      "datatypes": [
        "connections"
      ],
      "direction": "both",
      "required": true,
      "say": {
        "en": "Keep a place here under which others reach {contact}, and carry their connections.",
        "de": "Hier einen Platz halten, unter dem andere {contact} erreichen, und ihre Verbindungen weiterreichen."
      },
      "max": {}
    }
  ],
  "retention": "totals only",
  "onward": "not-agreed",
  "storage": "owner",
  "automation": "none",
  "relayOk": true,
  "contact": "the household that carries"
}
