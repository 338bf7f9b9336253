// Generated from ../../manifest.json: change it there, then npm run generate.
import type { ManifestBody } from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = {
  "proto": "/porchlight/reach/1",
  "rev": 1,
  "prev": null,
  "publisher": "Porchlight",
  "langs": [
    "en",
    "de"
  ],
  "title": {
    "en": "Seeing whether others can reach a home",
    "de": "Sehen, ob andere ein Zuhause erreichen"
  },
  "say": {
    "what": {
      "en": "Your contacts may ask your device how their own connection looks from here, and whether one port of theirs answers. Your device then tries that port once, at the address that they are talking from.",
      "de": "Deine Kontakte dürfen dein Gerät fragen, wie ihre eigene Verbindung von hier aussieht und ob ein Anschluss von ihnen antwortet. Dein Gerät versucht diesen Anschluss dann einmal, an der Adresse, von der sie gerade sprechen."
    },
    "why": {
      "en": "A home cannot see from inside whether others can reach it. Somebody outside has to try.",
      "de": "Von innen sieht ein Zuhause nicht, ob andere es erreichen. Jemand von außen muss es versuchen."
    },
    "who": {
      "en": "Your contacts, and nobody else.",
      "de": "Deine Kontakte und sonst niemand."
    },
    "keep": {
      "en": "Nothing is kept here. A contact learns what it asked: its own address, and whether its own port answered.",
      "de": "Hier wird nichts behalten. Ein Kontakt erfährt, wonach er gefragt hat: seine eigene Adresse und ob sein Anschluss geantwortet hat."
    },
    "onward": {
      "en": "Nothing is passed on.",
      "de": "Nichts wird weitergegeben."
    },
    "risk": {
      "en": "Your device makes one short connection to a contact’s own address when it asks. It cannot be sent anywhere else.",
      "de": "Dein Gerät baut auf Bitte eine kurze Verbindung zur Adresse des Kontakts auf. Anderswohin kann man es nicht schicken."
    },
    "cannotUndo": {
      "en": "A contact learns roughly what time your device’s clock shows.",
      "de": "Ein Kontakt erfährt, wie spät es auf der Uhr deines Geräts ungefähr ist."
    },
    "ifRefused": {
      "en": "A household that is no contact gets the answer that every stranger gets.",
      "de": "Ein Haushalt, der kein Kontakt ist, bekommt die Antwort, die alle Fremden bekommen."
    },
    "withdraw": {
      "en": "Remove a contact, and it can ask nothing any more.",
      "de": "Entferne einen Kontakt, dann kann er nichts mehr fragen."
    }
  },
  "claims": [
    {
      "key": "who",
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
        "en": "The network address that the asking contact itself is talking from",
        "de": "Die Netzadresse, von der der fragende Kontakt selbst spricht"
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
  "retention": "not kept",
  "onward": "not-agreed",
  "storage": "owner",
  "automation": "none",
  "relayOk": true,
  "contact": "the household whose device is asked"
}
