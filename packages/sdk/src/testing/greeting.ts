import { defineProtocol } from '../protocol/define-protocol.ts'
import { json, nothing, text } from '../protocol/codecs.ts'
import { procedure, query, stream, subscription } from '../protocol/methods.ts'

const named = json((value) => {
  const { name } = value as { name?: unknown }
  if (typeof name !== 'string') throw new TypeError('no name')
  return { name }
})

/** The protocol of the SDK's own tests: one method of every kind, two scopes, one error. */
export const greeting = defineProtocol({
  id: '/example/greeting/1',
  publisher: 'the tests of Porchlight',
  consent: {
    en: {
      title: 'A greeting at the door',
      what: '{contact} can send a name and gets a greeting back, nothing else.',
      why: 'To try things out.',
      who: '{contact} alone.',
      keep: 'Nothing is kept here; what the other side keeps is unknown.',
      onward: 'Unknown.',
      risk: '{contact} learns that this computer is on.',
      cannotUndo: 'A greeting that was heard stays heard.',
      ifRefused: 'Nothing changes.',
      withdraw: 'You can stop it any time.',
    },
  },
  scopes: {
    greet: { say: { en: 'Ask for a greeting.' }, direction: 'both', required: true, datatypes: ['name'] },
    note: { say: { en: 'Leave a note.' }, direction: 'they-write', required: false },
  },
  data: { name: { say: { en: 'The name that was sent.' }, category: 'dpv:Name', sensitivity: 1 } },
  methods: {
    greet: query({ scope: 'greet', input: named, output: text }),
    leave: procedure({ scope: 'note', input: text, output: nothing }),
    count: subscription({ scope: 'greet', input: json<number>(), output: json<number>() }),
    pipe: stream({ scope: 'greet', input: nothing }),
  },
  errors: ['asleep'],
})
