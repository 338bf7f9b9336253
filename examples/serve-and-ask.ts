// An app beside the daemon of its household. The first time it waits until a person there lets it in.
// At Ben's:  npm run example -- serve-and-ask serve
// At Ana's:  npm run example -- serve-and-ask ask ben
import { connect } from '@porchlight/sdk'
import { greeting } from './greeting.ts'

const [role, contact = 'ben'] = process.argv.slice(2)
const leave = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leave.abort())

if (role === 'serve') {
  const protocols = [{ id: greeting.id, serve: true }]
  await using household = await connect({ app: 'Door', why: 'to answer at the door', protocols, signal: leave.signal })
  await household.serve(greeting, {
    greet: async ({ text }, call) => {
      console.log(`${call.contact} is at the door`)
      return { text: `Hello ${text}, the light is on.` }
    },
  })
  console.log('serving')
  for await (const { type } of household.events({ signal: leave.signal })) if (type === 'daemon.lost') console.log('waiting for the daemon')
} else {
  const protocols = [{ id: greeting.id, call: true }]
  await using household = await connect({ app: 'Visitor', why: 'to call at doors', protocols, signal: leave.signal })
  const wanted = { to: contact, protocol: greeting }
  const held = (await household.grants()).some(({ state, direction }) => direction === 'received' && state === 'ACTIVE')
  if (!held) {
    const asked = await household.ask({ ...wanted, why: 'to see whether you are at home' })
    console.log(`asked ${contact}; somebody there has to say yes`)
    await asked.granted({ signal: leave.signal })
  }
  console.log((await household.client(contact, greeting).greet({ text: 'Ana' })).text)
}
