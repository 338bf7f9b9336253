// A page of an app, which the daemon of its household serves: contacts, and a greeting for whoever lets us greet them.
//   npx esbuild examples/page/main.js examples/page/index.html --bundle --format=esm --conditions=@porchlight/source --loader:.html=copy --outdir=examples/dist/page
//   porchlight apps add Door --call /example/greeting/1 --page examples/dist/page
//   porchlight apps open Door
import { connect, protocolOf, query, text } from '@porchlight/sdk/browser'
import manifest from '../greeting.json' with { type: 'json' }

const greeting = protocolOf({ manifest, methods: { greet: query({ scope: 'greet', input: text, output: text }) } })
const say = (words) => (document.querySelector('output').textContent = words)
const household = await connect()

/** Greets a contact, and asks for it first where that takes somebody's yes. */
async function greet({ petname }) {
  const door = household.client(petname, greeting)
  try {
    return say(await door.greet('there'))
  } catch (error) {
    if (error.code !== 'CONSENT_REQUIRED') throw error
  }
  const asked = await household.ask({ to: petname, protocol: greeting, why: 'to see whether you are at home' })
  say(`Asked ${petname}. Somebody there has to say yes.`)
  await asked.granted()
  say(await door.greet('there'))
}

function row(contact) {
  const line = document.createElement('li')
  const button = document.createElement('button')
  button.textContent = `Greet ${contact.petname}`
  button.disabled = !contact.connected
  button.addEventListener('click', () => void greet(contact).catch(({ code }) => say(`That did not work: ${code}`)))
  line.append(contact.connected ? contact.petname : `${contact.petname} is not there`, button)
  return line
}

const show = async () => document.querySelector('ul').replaceChildren(...(await household.contacts()).map(row))
for (const type of ['contact.connected', 'contact.disconnected', 'daemon.found', 'gap']) household.on(type, show)
household.on('daemon.lost', () => say('The daemon of this household is not there.'))
household.on('daemon.found', () => say(''))
await show()
