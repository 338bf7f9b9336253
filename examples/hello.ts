// The smallest app: Ben's household greets, Ana's has to ask before it may hear it. In memory: no daemon, no network, no setting.
// Run it: npm run example -- hello
import { households } from '@porchlight/sdk/testing'
import { greeting } from './greeting.ts'

await using homes = households(['ana', 'ben'])
const { ana, ben } = homes
await ben.serve(greeting, { greet: async ({ text }, call) => ({ text: `Hello ${text}, the light is on for ${call.contact}.` }) })

const door = ana.client('ben', greeting)
console.log(await door.greet({ text: 'Ana' }).catch((error: { code: string }) => error.code))

const asked = await ana.ask({ to: 'ben', protocol: greeting, why: 'to say hello' })
console.log((await asked.granted()).state)
console.log((await door.greet({ text: 'Ana' })).text)

ben.person.stop()
console.log(await door.greet({ text: 'Ana' }).catch((error: { code: string }) => error.code))
