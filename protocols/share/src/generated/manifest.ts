// Generated from ../../manifest.json: change it there, then npm run generate.
import type { ManifestBody } from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = {
  "proto": "/porchlight/share/1",
  "rev": 1,
  "prev": null,
  "publisher": "Porchlight",
  "langs": [
    "en",
    "de"
  ],
  "title": {
    "en": "use of the app “{service}”",
    "de": "Nutzung der App „{service}“"
  },
  "say": {
    "what": {
      "en": "{contact} can open “{service}” and see everything that this app shows. {contact} cannot reach your other apps or this computer.",
      "de": "{contact} kann „{service}“ öffnen und alles sehen, was diese App zeigt. Deine anderen Apps und dieser Computer bleiben zu."
    },
    "why": {
      "en": "So that {contact} can use “{service}” without an account anywhere else and without a copy on somebody’s server.",
      "de": "Damit {contact} „{service}“ benutzen kann, ohne Konto anderswo und ohne Kopie auf fremden Servern."
    },
    "who": {
      "en": "Everyone in the household of {contact} and every program on its devices. Nobody else: no company sits in between.",
      "de": "Alle im Haushalt von {contact} und jedes Programm auf dessen Geräten. Sonst niemand: Keine Firma sitzt dazwischen."
    },
    "keep": {
      "en": "What {contact} saves or photographs from the screen stays there. Your side notes when {contact} was in and how many bytes went each way, not what they were.",
      "de": "Was {contact} speichert oder vom Bildschirm abfotografiert, bleibt dort. Deine Seite notiert, wann {contact} da war und wie viele Bytes flossen, nicht welche."
    },
    "onward": {
      "en": "{contact} says that what is seen in “{service}” is not passed on. No program can make sure of that.",
      "de": "{contact} sagt zu, nichts aus „{service}“ weiterzugeben. Sicherstellen kann das kein Programm."
    },
    "risk": {
      "en": "“{service}” may show more than you have in mind, also about other people. Look at it once with the eyes of {contact}. If the app has its own log-in, that still counts.",
      "de": "„{service}“ zeigt vielleicht mehr, als dir bewusst ist, auch über andere. Sieh es dir einmal mit den Augen von {contact} an. Eine eigene Anmeldung der App gilt weiter."
    },
    "cannotUndo": {
      "en": "What {contact} has already seen, saved or changed stays seen, saved or changed.",
      "de": "Was {contact} schon gesehen, gespeichert oder geändert hat, bleibt gesehen, gespeichert oder geändert."
    },
    "ifRefused": {
      "en": "Nothing changes. {contact} is told only that it did not work, not why.",
      "de": "Es ändert sich nichts. {contact} erfährt nur, dass es nicht ging, nicht warum."
    },
    "withdraw": {
      "en": "You can stop it at any time. What is running, downloads too, ends at once; afterwards not a byte is sent.",
      "de": "Du kannst es jederzeit beenden. Was läuft, auch ein Download, endet sofort; danach wird kein Byte mehr gesendet."
    }
  },
  "claims": [
    {
      "key": "what",
      "assurance": "enforced"
    },
    {
      "key": "who",
      "assurance": "promised"
    },
    {
      "key": "onward",
      "assurance": "promised"
    },
    {
      "key": "ifRefused",
      "assurance": "enforced"
    },
    {
      "key": "withdraw",
      "assurance": "enforced"
    }
  ],
  "data": [
    {
      "id": "service",
      "category": "dpv:Data",
      "say": {
        "en": "Everything that “{service}” shows",
        "de": "Alles, was „{service}“ zeigt"
      },
      "sensitivity": 2,
      "aboutOthers": true,
      "optional": false
    }
  ],
  "purposes": [
    "dpv:PersonalUse"
  ],
  "scopes": [
    {
      "id": "read",
      "actions": [
        "read"
      ],
      "locations": [
        ""
      ],
      "datatypes": [
        "service"
      ],
      "direction": "they-read",
      "required": true,
      "say": {
        "en": "Open “{service}” and see what it shows.",
        "de": "„{service}“ öffnen und ansehen."
      },
      "max": {}
    },
    {
      "id": "change",
      "actions": [
        "change"
      ],
      "locations": [
        ""
      ],
      "datatypes": [
        "service"
      ],
      "direction": "both",
      "required": false,
      "say": {
        "en": "Also fill in forms, upload, edit and delete, as far as “{service}” itself lets {contact}. Many apps need this even to log in.",
        "de": "Auch Formulare ausfüllen, hochladen, bearbeiten und löschen, so weit „{service}“ selbst es {contact} erlaubt. Viele Apps brauchen das schon zum Anmelden."
      },
      "max": {}
    }
  ],
  "retention": "recipient-decides",
  "onward": "not-agreed",
  "storage": "owner",
  "automation": "none",
  "relayOk": true,
  "contact": "the household that shares the service"
}
