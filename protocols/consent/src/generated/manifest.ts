// Generated from ../../manifest.json: change it there, then npm run generate.
import { objectId, type ManifestBody } from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = {
  "proto": "/porchlight/consent/1",
  "rev": 2,
  "prev": objectId("bmdc35xqr6kr7d2hg2izgyha74moxthji4uuxlcrnu7jvizyyo2na"),
  "publisher": "Porchlight",
  "langs": [
    "en",
    "de"
  ],
  "title": {
    "en": "Asking, offering, agreeing, stopping",
    "de": "Fragen, anbieten, zusagen, beenden"
  },
  "say": {
    "what": {
      "en": "Your contacts can lay a question or an offer before you, and tell you that something has ended. Nothing of yours opens until you have said yes.",
      "de": "Deine Kontakte können dir eine Frage oder ein Angebot vorlegen und dir sagen, dass etwas zu Ende ist. Von dir öffnet sich nichts, bevor du Ja gesagt hast."
    },
    "why": {
      "en": "So that both of you have in writing what was agreed, and that it has ended.",
      "de": "Damit ihr beide schriftlich habt, was ausgemacht wurde, und dass es zu Ende ist."
    },
    "who": {
      "en": "Devices of your contacts. Strangers cannot ask by this door; with an open link of yours they can, by the door of links.",
      "de": "Geräte deiner Kontakte. Fremde können durch diese Tür nicht fragen; mit einem offenen Link von dir können sie es, durch die Tür für Links."
    },
    "keep": {
      "en": "Both sides keep what was signed: who may do what, where and until when. How you decided and the words you read stay in your household.",
      "de": "Beide Seiten behalten, was unterschrieben wurde: wer was darf, wo und bis wann. Wie du entschieden hast und was du gelesen hast, bleibt in deinem Haushalt."
    },
    "onward": {
      "en": "Your side passes nothing on. The other side could show your signature to others; whether it does is unknown.",
      "de": "Deine Seite gibt nichts weiter. Die andere könnte deine Unterschrift anderen zeigen; ob sie es tut, ist unbekannt."
    },
    "risk": {
      "en": "A contact may ask too often or write something unkind. How often is limited, and what it writes stands there as its own words.",
      "de": "Ein Kontakt fragt vielleicht zu oft oder schreibt etwas Unfreundliches. Wie oft, ist begrenzt, und was er schreibt, steht da als seine eigenen Worte."
    },
    "cannotUndo": {
      "en": "A signed yes proves that you once said yes, also after you have stopped it.",
      "de": "Ein unterschriebenes Ja beweist, dass du einmal Ja gesagt hast, auch wenn du es längst beendet hast."
    },
    "ifRefused": {
      "en": "Your no is not sent. The other side only notices that no answer comes.",
      "de": "Dein Nein wird nicht verschickt. Die andere Seite merkt nur, dass keine Antwort kommt."
    },
    "withdraw": {
      "en": "Remove the contact, and its devices are refused from then on.",
      "de": "Entferne den Kontakt, und seine Geräte werden von da an abgewiesen."
    }
  },
  "claims": [
    {
      "key": "what",
      "assurance": "enforced"
    },
    {
      "key": "who",
      "assurance": "enforced"
    },
    {
      "key": "withdraw",
      "assurance": "enforced"
    }
  ],
  "data": [
    {
      "id": "agreements",
      "category": "dpv:Data",
      "say": {
        "en": "What was asked, offered, agreed and ended, with its times",
        "de": "Was gefragt, angeboten, ausgemacht und beendet wurde, mit den Zeiten"
      },
      "sensitivity": 2,
      "aboutOthers": true,
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
