// A protocol of one's own: what a household reads before it says yes, two scopes, a method of three kinds, one error. All of it is type-checked.
// Run it: npm run example -- own-protocol
import { defineProtocol, json, nothing, procedure, protocolFile, query, subscription, text } from '@porchlight/sdk'
import { households } from '@porchlight/sdk/testing'

const garden = defineProtocol({
  id: '/example/garden/1',
  publisher: 'the examples of Porchlight',
  consent: {
    en: {
      title: 'The garden',
      what: '{contact} can see how wet the beds are, and water them if you allow that too.',
      why: 'So that somebody looks after it while you are away.',
      who: '{contact} alone.',
      keep: 'Nothing is kept here; what {contact} notes down is unknown.',
      onward: 'Unknown.',
      risk: '{contact} can tell from it when you are away.',
      cannotUndo: 'Water that was given.',
      ifRefused: 'Nothing changes, and {contact} is not told.',
      withdraw: 'You can stop it any time.',
    },
  },
  scopes: {
    look: { say: { en: 'See how wet the beds are.' }, direction: 'they-read', required: true },
    water: { say: { en: 'Water the beds.' }, direction: 'both', required: false, max: { opsPerMin: 6 } },
  },
  methods: {
    beds: query({ scope: 'look', input: nothing, output: json<string[]>() }),
    water: procedure({ scope: 'water', input: text, output: nothing }),
    moisture: subscription({ scope: 'look', input: text, output: json<number>() }),
  },
  errors: ['no-such-bed'],
})

await using homes = households(['ana', 'ben'])
const wet = new Map([['roses', 10]])
await homes.ben.serve(garden, {
  beds: async () => [...wet.keys()],
  water: async (bed) => {
    if (!wet.has(bed)) throw garden.fail('no-such-bed')
    wet.set(bed, wet.get(bed)! + 40)
  },
  moisture: async function* (bed) {
    for (let look = 0; look < 2; look++) yield (wet.get(bed) ?? 0) - look
  },
})
const asked = await homes.ana.ask({ to: 'ben', protocol: garden, also: ['water'], why: 'you asked me to' })
console.log(`may: ${(await asked.granted()).scopes.join(', ')}`)
const beds = homes.ana.client('ben', garden)
await beds.water('roses')
for await (const percent of beds.moisture('roses')) console.log(`roses: ${percent} %`)
const error = await beds.water('lawn').catch((thrown: unknown) => thrown)
console.log(`no such bed: ${garden.failedWith(error, 'no-such-bed')}`)
console.log(JSON.stringify(protocolFile(garden).methods))
