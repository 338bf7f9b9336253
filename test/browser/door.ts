import { defineProtocol, json, nothing, query, stream, subscription, text } from '@porchlight/sdk/browser'

/** A protocol with a method of each kind that a page calls. */
export const door = defineProtocol({
  id: '/example/door/1',
  publisher: 'tests',
  consent: {
    en: {
      title: 'A door',
      what: '{contact} can knock.',
      why: 'To try things out.',
      who: '{contact} alone.',
      keep: 'Unknown.',
      onward: 'Unknown.',
      risk: 'None known.',
      cannotUndo: 'What was heard stays heard.',
      ifRefused: 'Nothing changes.',
      withdraw: 'You can stop it any time.',
    },
  },
  scopes: { knock: { say: { en: 'Knock.' }, direction: 'both', required: true } },
  methods: {
    greet: query({ scope: 'knock', input: text, output: text }),
    count: subscription({ scope: 'knock', input: json<number>(), output: json<number>() }),
    pipe: stream({ scope: 'knock', input: nothing }),
  },
  errors: ['asleep'],
})
